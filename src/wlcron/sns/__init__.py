"""Amazon SNS's messages over HTTP: what they say, and whether SNS has sent them."""

"""SNS over HTTP: confirmed, signed, repeated and recorded as AWS does."""

import base64
import urllib.request

import pytest
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.aws_lab.clients import Make
from tests.aws_lab.control import Control
from tests.aws_lab.endpoint import Endpoint
from tests.aws_lab.process import Lab

WRITTEN = {  # as the developer guide's "Verifying the signatures" lists them
    "Notification": "Message MessageId Subject Timestamp TopicArn Type",
    "SubscriptionConfirmation": "Message MessageId SubscribeURL Timestamp Token TopicArn Type",
}


def verify(message: dict[str, str]) -> None:
    """Check a message's signature with the certificate that it names, by the documentation."""
    with urllib.request.urlopen(message["SigningCertURL"]) as response:  # noqa: S310 -- the laboratory's
        key = x509.load_pem_x509_certificate(response.read()).public_key()
    keys = [key for key in WRITTEN[message["Type"]].split() if key in message]
    text = "".join(f"{key}\n{message[key]}\n" for key in keys)
    algorithm = {"1": hashes.SHA1, "2": hashes.SHA256}[message["SignatureVersion"]]()
    assert isinstance(key, rsa.RSAPublicKey)
    signature = base64.b64decode(message["Signature"])
    key.verify(signature, text.encode(), padding.PKCS1v15(), algorithm)


def subscribe(aws: Make, name: str, endpoint: Endpoint, **attributes: str) -> str:
    """Make a topic with a confirmed subscription; return its ARN."""
    sns = aws("sns")
    topic = sns.create_topic(Name=name, Attributes=attributes)["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=endpoint.url)
    token = endpoint.next().json["Token"]
    sns.confirm_subscription(TopicArn=topic, Token=token)
    return str(topic)


def test_nothing_is_delivered_before_the_token_was_given_back(
    aws: Make, endpoint: Endpoint
) -> None:
    """A subscription is confirmed by its own token alone; until then it gets nothing else."""
    sns = aws("sns")
    topic = sns.create_topic(Name="pending")["TopicArn"]
    other = sns.create_topic(Name="another")["TopicArn"]
    made = sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=endpoint.url)
    asked = endpoint.next()
    assert made["SubscriptionArn"] == "pending confirmation"
    assert asked.headers["x-amz-sns-message-type"] == "SubscriptionConfirmation"
    verify(asked.json)
    sns.publish(TopicArn=topic, Message="too early")
    for wrong in ({"TopicArn": topic, "Token": "guessed"}, {"TopicArn": other}):
        with pytest.raises(ClientError, match="InvalidParameter"):
            sns.confirm_subscription(**({"Token": asked.json["Token"]} | wrong))
    [listed] = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert listed["SubscriptionArn"] == "PendingConfirmation"
    confirmed = sns.confirm_subscription(TopicArn=topic, Token=asked.json["Token"])
    sns.publish(TopicArn=topic, Message="in time")
    assert endpoint.next().json["Message"] == "in time"
    [listed] = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert listed["SubscriptionArn"] == confirmed["SubscriptionArn"]


@pytest.mark.parametrize("version", ["1", "2"])
def test_notifications_are_signed_also_with_a_subject(
    aws: Make, endpoint: Endpoint, version: str
) -> None:
    """Both versions verify with the served certificate, and the headers say what SNS's say."""
    topic = subscribe(aws, f"signed-{version}", endpoint, SignatureVersion=version)
    said = aws("sns").publish(TopicArn=topic, Message="grün\n", Subject="a subject")
    received = endpoint.next()
    message = received.json
    assert message["Subject"] == "a subject"
    assert message["SignatureVersion"] == version
    verify(message)
    assert received.headers["x-amz-sns-message-id"] == said["MessageId"] == message["MessageId"]
    assert received.headers["x-amz-sns-topic-arn"] == topic
    assert received.headers["x-amz-sns-subscription-arn"].startswith(topic)
    assert received.headers["content-type"] == "text/plain; charset=UTF-8"
    attributes = aws("sns").get_topic_attributes(TopicArn=topic)["Attributes"]
    assert attributes["SignatureVersion"] == version


def test_a_5xx_is_tried_again_and_a_4xx_is_not(
    aws: Make, endpoint: Endpoint, control: Control
) -> None:
    """Publish waits for nobody; each attempt is on record with the endpoint's answer."""
    control.sns.deliveries(waits=[0.01, 0.01])
    topic = subscribe(aws, "retries", endpoint)
    endpoint.statuses.extend([503, 500])
    sent = aws("sns").publish(TopicArn=topic, Message="again")["MessageId"]
    bodies = {endpoint.next().body for _ in range(3)}
    assert len(bodies) == 1
    endpoint.statuses.append(403)
    refused = aws("sns").publish(TopicArn=topic, Message="never")["MessageId"]
    endpoint.next()
    last = aws("sns").publish(TopicArn=topic, Message="last")["MessageId"]
    endpoint.next()
    control.sns.again(last, copies=2)
    assert [endpoint.next().json["MessageId"] for _ in range(2)] == [last, last]
    assert [each["status"] for each in control.sns.attempts(sent)] == [503, 500, 200]
    assert [each["status"] for each in control.sns.attempts(refused)] == [403]
    assert endpoint.is_quiet


def test_what_cannot_be_delivered_goes_to_the_dead_letter_queue(
    aws: Make, endpoint: Endpoint
) -> None:
    """The subscription's redrive policy holds."""
    sns, sqs = aws("sns"), aws("sqs")
    topic = subscribe(aws, "dead", endpoint)
    url = sqs.create_queue(QueueName="dead-letters")["QueueUrl"]
    [listed] = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    sns.set_subscription_attributes(
        SubscriptionArn=listed["SubscriptionArn"],
        AttributeName="RedrivePolicy",
        AttributeValue='{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead-letters"}',
    )
    endpoint.statuses.append(400)
    sns.publish(TopicArn=topic, Message="lost")
    [letter] = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10)["Messages"]
    assert '"Message": "lost"' in letter["Body"]


def test_raw_deliveries_say_so_and_are_not_signed(aws: Make, endpoint: Endpoint) -> None:
    """RawMessageDelivery posts the text alone."""
    sns = aws("sns")
    topic = subscribe(aws, "raw", endpoint)
    [listed] = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    sns.set_subscription_attributes(
        SubscriptionArn=listed["SubscriptionArn"],
        AttributeName="RawMessageDelivery",
        AttributeValue="true",
    )
    sns.publish(TopicArn=topic, Message="bare")
    received = endpoint.next()
    assert (received.body, received.headers["x-amz-sns-rawdelivery"]) == ("bare", "true")


def test_the_laboratory_signs_what_a_test_wrote(lab: Lab, control: Control) -> None:
    """A message of a test's own making is completed and signed, at the laboratory's address."""
    topic = "arn:aws:sns:us-east-1:123456789012:no-such"
    message = control.sns.sign({"Type": "Notification", "TopicArn": topic, "Message": "x"}, "2")
    assert message["SigningCertURL"].startswith(f"{lab.url}/SimpleNotificationService-")
    verify(message)

"""What all adapters for AWS share: settings, clients, faults in words, names and tags."""

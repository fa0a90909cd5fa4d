"""What the lab says: one line for each step, one plain sentence for what went wrong."""

import sys


class LabError(Exception):
    """The lab cannot do what was asked; the message is one plain sentence for a person."""


def say(sentence: str) -> None:
    """Print one line to standard error: standard output is for DOCKER_HOST alone."""
    print(f"docker-lab: {sentence}", file=sys.stderr, flush=True)

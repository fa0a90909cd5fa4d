"""What is raised when an expression or a time zone cannot be read."""

from __future__ import annotations


class ScheduleError(ValueError):
    """A schedule that cannot be read; its message is one sentence for the person who wrote it."""

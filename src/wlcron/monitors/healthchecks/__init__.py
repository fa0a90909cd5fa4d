"""Healthchecks: told of starts and exit statuses; makes a check at the first word of it."""

from wlcron.monitors.healthchecks.monitor import (
    Healthchecks,
    LastWords,
    healthchecks_monitor,
    no_words,
)

__all__ = ["Healthchecks", "LastWords", "healthchecks_monitor", "no_words"]

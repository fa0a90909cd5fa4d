"""Healthchecks: told of starts and exit statuses; makes a check at the first word of it."""

from wlcron.monitors.healthchecks.monitor import Healthchecks, healthchecks_monitor

__all__ = ["Healthchecks", "healthchecks_monitor"]

"""Cronitor: told of runs, completions and failures, and keeps a monitor for each cron."""

from wlcron.monitors.cronitor.monitor import Cronitor, cronitor_monitor

__all__ = ["Cronitor", "cronitor_monitor"]

"""wlcron: a cron file goes in, guaranteed executions come out."""

__version__ = "0.1.0"

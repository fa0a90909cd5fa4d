"""wlcron: a cron file goes in, guaranteed executions come out."""

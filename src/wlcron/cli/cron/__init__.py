"""The commands of `wl cron`, one module each, imported when they are used."""

"""Runs executions as processes of this machine, below one guard process that outlives the server.

The server's side is `engine` with `request`, `observation`, `link` and `launch`; the rest is the
guard's (`python -m wlcron.engines.host.guard`), which imports little: it has to start at once and
stay small.
"""

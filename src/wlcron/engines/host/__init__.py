"""Runs executions as processes of this machine, below one guard process that outlives the server.

The modules here are the server's side, and what both sides share (`protocol`, `records`,
`limits`); `guard/` is the other process (`python -m wlcron.engines.host.guard`). It imports
little: it has to start at once and stay small, so this package imports nothing by itself.
"""

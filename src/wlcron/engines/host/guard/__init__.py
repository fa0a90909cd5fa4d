"""The guard: one process for all executions of a data directory, which outlives its server."""

"""The HTTP API: it reads and writes the store, and wakes the duties."""

"""The laboratory: AWS over real HTTP on this machine, for tests and the demonstration."""

"""What watches from outside: one adapter of the monitor's port each."""

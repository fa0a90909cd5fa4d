"""What says that a slot is due."""

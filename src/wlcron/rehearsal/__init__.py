"""What would happen: the real duties on a virtual clock."""

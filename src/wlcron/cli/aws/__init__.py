"""`wl aws …`."""

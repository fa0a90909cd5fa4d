"""What `wl rehearse` reads and prints."""

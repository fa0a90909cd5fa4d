"""The command line `wl`: a thin client of the API, and `wl server`."""

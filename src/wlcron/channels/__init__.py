"""Where alerts go: one adapter of the channel's port each."""

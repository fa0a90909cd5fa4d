"""What runs containers: one adapter of the engine's port each."""

"""The adapters of the store's port."""

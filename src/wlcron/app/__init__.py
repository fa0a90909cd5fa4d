"""The composition root: the only place that knows which adapters there are."""

from wlcron.app.serving import calm_garbage_collection, serve

__all__ = ["calm_garbage_collection", "serve"]

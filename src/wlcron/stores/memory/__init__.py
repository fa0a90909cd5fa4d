"""MemoryStore: a complete store that forgets everything when it is closed."""

from wlcron.stores.memory.store import MemoryStore

__all__ = ["MemoryStore"]

"""The server's options, each with one spelling in wl.toml, in the environment and as a flag."""

from wlcron.config.settings import Settings
from wlcron.config.sources import OPTIONS, load, reference

__all__ = ["OPTIONS", "Settings", "load", "reference"]

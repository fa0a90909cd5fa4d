"""EventBridge keeps the time: one rule, or one schedule, for each cron."""

from wlcron.triggers.eventbridge.delivery import read_delivery
from wlcron.triggers.eventbridge.trigger import EventBridge, eventbridge_trigger

__all__ = ["EventBridge", "eventbridge_trigger", "read_delivery"]

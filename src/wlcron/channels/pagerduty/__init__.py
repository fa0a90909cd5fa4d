"""PagerDuty, by its Events API v2."""

from wlcron.channels.pagerduty.channel import PagerDutyChannel, pagerduty_channel

__all__ = ["PagerDutyChannel", "pagerduty_channel"]

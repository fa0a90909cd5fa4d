"""Slack, by an incoming webhook."""

from wlcron.channels.slack.channel import SlackChannel, slack_channel

__all__ = ["SlackChannel", "slack_channel"]

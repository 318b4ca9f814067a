"""Slack: `render` dresses a message, `client` connects, listens and posts over slack_bolt and slack_sdk."""

from bot.chat.slack.dress import render

__all__ = ["render"]

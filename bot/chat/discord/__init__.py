"""Discord: `render` dresses a message, `client` connects, listens and posts over discord.py."""

from bot.chat.discord.dress import Payload, render

__all__ = ["Payload", "render"]

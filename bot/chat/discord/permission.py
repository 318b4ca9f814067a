"""What the bot may do in a channel, and the names of what it lacks."""

from __future__ import annotations

from typing import Any

import discord

TIMED_OUT = "the bot is timed out in this server"
_NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "read_message_history": "Read Message History",
    "attach_files": "Attach Files",
}


async def missing(channel: Any, me: discord.Member) -> tuple[str, ...]:
    """What `me` lacks to post in `channel`, in words; empty: nothing."""
    if isinstance(channel, discord.ForumChannel | discord.CategoryChannel):
        return ("this channel takes no messages itself; choose a channel, a thread or a post in it",)
    if me.is_timed_out():
        return (f"{TIMED_OUT} until {me.timed_out_until:%Y-%m-%d %H:%M} UTC",)
    where = channel
    needed = dict(_NEEDED)
    if isinstance(channel, discord.Thread):
        needed["send_messages_in_threads"] = "Send Messages in Threads"
        del needed["send_messages"]
        where = channel.parent or await me.guild.fetch_channel(channel.parent_id)
    granted = where.permissions_for(me)
    if not granted.send_messages:
        del needed["attach_files"]  # goes with it
    return tuple(f"the bot lacks {name} there" for flag, name in needed.items() if not getattr(granted, flag))


def place_to_greet(guild: discord.Guild) -> discord.TextChannel | None:
    """The system channel, else the first that the bot may write in."""
    channels = [one for one in (guild.system_channel, *guild.text_channels) if one is not None]
    return next((one for one in channels if _may_write(one)), None)


def _may_write(channel: discord.TextChannel) -> bool:
    granted = channel.permissions_for(channel.guild.me)
    return granted.view_channel and granted.send_messages

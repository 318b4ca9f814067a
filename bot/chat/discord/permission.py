"""What the bot may do in a channel, and the names of what it lacks."""

from __future__ import annotations

from typing import Any

import aiohttp
import discord

from bot.chat.discord.posting import Poster
from bot.chat.discord.refusals import UNSEEN
from bot.errors import TokenError, Unreachable
from bot.model import join

TIMED_OUT = "the bot is timed out in this server"
_NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "read_message_history": "Read Message History",
    "attach_files": "Attach Files",
}


async def lacking(poster: Poster, gateway: discord.Client | None, place: str) -> tuple[str, ...]:
    """What is missing to post in channel or thread `place`, in words; empty: nothing. Raises Unreachable."""
    if not place.isdecimal():
        return (f"there is no channel {place}",)
    try:
        async with poster:
            channel, me = await _seen(poster, gateway, int(place))
            return () if me is None else await missing(channel, me)
    except TokenError as error:
        return (str(error),)
    except discord.NotFound:
        return ("the channel is gone",)
    except discord.Forbidden:
        return (UNSEEN,)
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        raise Unreachable("Discord cannot be asked", for_good=False) from error


async def _seen(poster: Poster, gateway: discord.Client | None, place: int) -> tuple[Any, discord.Member | None]:
    """The channel and the bot in its server: as the gateway knows them, else asked for."""
    if gateway and gateway.is_ready() and (known := gateway.get_channel(place)):
        guild = getattr(known, "guild", None)
        return known, guild.me if guild else None
    client = await poster.client()
    channel: Any = await client.fetch_channel(place)
    if getattr(channel, "guild", None) is None:
        return channel, None
    assert client.user is not None
    guild = await client.fetch_guild(channel.guild.id, with_counts=False)
    return await guild.fetch_channel(place), await guild.fetch_member(client.user.id)


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
    names = [name for flag, name in needed.items() if not getattr(granted, flag)]
    return (f"the bot lacks {join(names)} there",) if names else ()


def place_to_greet(guild: discord.Guild) -> discord.TextChannel | None:
    """The system channel, else the first that the bot may write in."""
    channels = [one for one in (guild.system_channel, *guild.text_channels) if one is not None]
    return next((one for one in channels if _may_write(one)), None)


def _may_write(channel: discord.TextChannel) -> bool:
    granted = channel.permissions_for(channel.guild.me)
    return granted.view_channel and granted.send_messages

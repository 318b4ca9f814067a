"""Discord's events as Requests: pure, apart from the library's objects.

Three entrances: `!summit` (needs the Message Content intent), a mention at the start, and `/summit`. A button is
the command that it types. Bots, edits and system messages are not heard.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import discord

from bot.chat.aim import aimed, nowhere
from bot.model import Target
from bot.ports import Request

PLATFORM = "discord"
_ASKED = re.compile(r"discord:message:(\d+)$")
_INTERACTION = re.compile(r"discord:interaction:(\d+)$")
_TYPED = re.compile(r"!\s?[^\W\d_]")  # "!!!" and "!5" are no commands


def heard(message: discord.Message, me: int) -> Request | None:
    """What somebody typed; None where it is not for a bot, or from one."""
    author = message.author
    if author.bot or message.webhook_id or message.type not in {discord.MessageType.default, discord.MessageType.reply}:
        return None
    private = isinstance(message.channel, discord.DMChannel)
    if not private and message.guild is None:  # a server that we have not been told of cannot be asked for rights
        return None
    text = message.content.strip()
    unmentioned = _mention(me, message.guild).sub("", text, count=1).strip()
    addressed = private or unmentioned != text
    if not (addressed or _TYPED.match(text)) or (private and not unmentioned):
        return None
    return Request(
        text=aimed(unmentioned, _reach(message.guild)),
        target=_target(message.channel, _answer(message, me)),
        key=f"discord:message:{message.id}",
        user=str(author.id),
        tenant=tenant(message.guild.id if message.guild else None, author.id),
        addressed=addressed,
        alone=alone(message.channel, message.guild, me),
        trusted=private or (isinstance(author, discord.Member) and author.guild_permissions.manage_guild),
    )


def clicked(interaction: discord.Interaction) -> Request | None:
    """What a slash command or a button says; None for anything else."""
    data: Any = interaction.data or {}
    if interaction.channel is None:
        return None
    if interaction.type is discord.InteractionType.application_command:
        words = " ".join(str(option.get("value", "")) for option in data.get("options", ()))
        text, reply_to = f"{data['name']} {words}".strip(), ""
    elif interaction.type is discord.InteractionType.component and interaction.message:
        text, reply_to = data["custom_id"], str(interaction.message.id)
    else:
        return None
    granted = interaction.permissions
    return Request(
        text=aimed(text, _reach(interaction.guild)),
        target=_target(interaction.channel, reply_to),
        key=f"discord:interaction:{interaction.id}",
        user=str(interaction.user.id),
        tenant=tenant(interaction.guild_id, interaction.user.id),
        trusted=interaction.guild_id is None or granted.manage_guild or granted.administrator,
        awaited=interaction.type is discord.InteractionType.application_command,
    )


def asker(key: str) -> str:
    """The message that a reply's key names: what the reply refers to on the screen."""
    found = _ASKED.search(key)
    return found[1] if found else ""


def interaction_of(key: str) -> str:
    found = _INTERACTION.search(key)
    return found[1] if found else ""


def tenant(guild: int | None, user: int) -> str:
    """Whose articles may be read and whose digests be seen: the server's, in private the person's."""
    return f"discord/{guild}" if guild else f"discord/dm-{user}"


def guild_of(tenant: str) -> int:
    """The server that a tenant is; 0 where it is none. Of people no event tells when they are gone."""
    platform, _, id_ = tenant.partition("/")
    return int(id_) if platform == PLATFORM and id_.isdecimal() else 0


def alone(channel: Any, guild: discord.Guild | None, me: int) -> bool:
    """Whether no other bot sees a channel.

    Its members are not told without a privileged intent, but a bot that was invited with permissions has a role of
    its own, which is.
    """
    if guild is None:
        return True
    where = channel.parent if isinstance(channel, discord.Thread) else channel
    others = [role for role in guild.roles if role.tags and role.tags.bot_id not in {None, me}]
    return where is not None and not any(where.permissions_for(role).view_channel for role in others)


def _mention(me: int, guild: discord.Guild | None) -> re.Pattern[str]:
    """A mention at the start: of the bot, or of the role that Discord makes for it, which looks the same."""
    role = guild.self_role.id if guild and guild.self_role else 0
    return re.compile(rf"^(?:<@!?{me}>|<@&{role}>)[\s,:]*")


def _answer(message: discord.Message, me: int) -> str:
    """The bot's message that this one replies to."""
    answered = message.reference.resolved if message.reference else None
    return str(answered.id) if isinstance(answered, discord.Message) and answered.author.id == me else ""


def _reach(guild: discord.Guild | None) -> Callable[[str], str]:
    """The id of a channel or thread of `guild`, given that or its name; empty if it has none of it."""

    def known(channel: str) -> str:
        assert guild is not None
        if channel.isdecimal():
            return channel if guild.get_channel_or_thread(int(channel)) else ""
        named = [one for one in (*guild.channels, *guild.threads) if one.name == channel]
        return str(named[0].id) if len(named) == 1 else ""

    return known if guild else nowhere


def _target(channel: Any, reply_to: str) -> Target:
    if isinstance(channel, discord.Thread):
        return Target(PLATFORM, str(channel.parent_id), str(channel.id), reply_to)
    return Target(PLATFORM, str(channel.id), "", reply_to)

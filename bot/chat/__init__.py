"""The chat platforms: each an adapter of the socket `Chat`, with a pure `render(message)` beside it.

What is said stands in `message`, how it looks in `<platform>/dress`, how long it may be in `budget`. Settings come in
as plain values; libraries are imported when a platform is opened, not before.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.message import Message, say
from bot.ports import Chat


@dataclass(frozen=True, slots=True)
class Spoken:
    """A command as platforms list it. `managed`: offered to those only who manage the server.

    `shared`: other bots have one of that name, too, so it is for this one only where it is the only bot.
    """

    name: str
    summary: str
    takes_words: bool
    managed: bool = False
    shared: bool = False


Suggest = Callable[[str, str], Sequence[str]]  # tenant, what is typed so far -> topics; called in a thread


class Register(Protocol):
    """Told which guilds and workspaces the bot is in, by their tenants."""

    async def joined(self, tenant: str) -> None: ...

    async def left(self, tenant: str) -> None: ...

    async def within(self, tenants: Collection[str], mine: Callable[[str], bool]) -> None:
        """These are all that the bot is in, of those that are `mine` to know."""
        ...


def no_topics(_tenant: str, _typed: str) -> Sequence[str]:
    return ()


class Nobody:
    """A register that keeps nothing."""

    async def joined(self, tenant: str) -> None: ...

    async def left(self, tenant: str) -> None: ...

    async def within(self, tenants: Collection[str], mine: Callable[[str], bool]) -> None: ...


def greeting(first: str, rest: str) -> Message:
    """What is said once on joining: what the bot is, and what to type."""
    return say(
        "I answer from stored news articles, in their own words, each sentence with its source. "
        f"Type `{first}` to begin, or mention me; `{rest}` lists the rest."
    )


@dataclass(frozen=True, slots=True)
class Examined:
    """What a platform says of the bot's access: who it is, `faults` in whole sentences with what to do about each.

    `ahead`: seconds by which this machine's clock is before the platform's; None where it was not told.
    """

    name: str = ""
    faults: tuple[str, ...] = ()
    ahead: float | None = None


async def examine(name: str, *, token: str, app_token: str = "", api_base: str = "", **_: object) -> Examined:
    """Look at the access to platform `name`, given as to `open_chat`; nothing is connected to, nothing posted."""
    if name == "discord":
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "'audioop'", DeprecationWarning)
            from bot.chat.discord.client import examine as examine_discord
        return await examine_discord(token, api_base)
    from bot.chat.slack.client import examine as examine_slack

    return await examine_slack(token, app_token, api_base)


def open_chat(
    name: str,
    *,
    token: str,
    app_token: str = "",
    api_base: str = "",
    gateway_url: str = "",
    shards: tuple[tuple[int, ...], int] | None = None,
    admins: frozenset[str] = frozenset(),
    spoken: Sequence[Spoken] = (),
    suggest: Suggest = no_topics,
    register: Register | None = None,
) -> Chat:
    """The platform `name`, "discord" or "slack", not connected yet.

    `app_token` and `admins` are Slack's, `gateway_url` and `shards` are Discord's; an empty address is the platform's
    own.
    """
    match name:
        case "discord":
            with warnings.catch_warnings():  # its voice part, which is not used, imports audioop
                warnings.filterwarnings("ignore", "'audioop'", DeprecationWarning)
                from bot.chat.discord.client import Discord
            return Discord(
                token,
                api_base=api_base,
                gateway_url=gateway_url,
                spoken=spoken,
                suggest=suggest,
                register=register,
                shards=shards,
            )
        case "slack":
            from bot.chat.slack.client import Slack

            return Slack(token, app_token, api_base=api_base, admins=admins, spoken=spoken, register=register)
    raise ValueError(f"no chat platform is called {name}")


def payloads(name: str, message: Message) -> list[dict[str, Any]]:
    """What platform `name` would be sent for `message`; a picture is named by its length."""
    match name:
        case "discord":
            from bot.chat.discord import render as discord

            pictured = ((payload.body, len(payload.png)) for payload in discord(message))
            return [body | ({"picture": f"{size} bytes"} if size else {}) for body, size in pictured]
        case "slack":
            from bot.chat.slack import render as slack
            from bot.chat.slack.dress import pictured as in_slack

            told, picture = slack(message), in_slack(message)
            if told and picture:
                told[0]["picture"] = f"{len(picture.png)} bytes"
            return told
    raise ValueError(f"no chat platform is called {name}")

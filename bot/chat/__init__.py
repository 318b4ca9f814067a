"""The chat platforms: each an adapter of the socket `Chat`, with a pure `render(message)` beside it.

What is said stands in `message`, how it looks in `<platform>/dress`, how long it may be in `budget`. Settings come in
as plain values; libraries are imported when a platform is opened, not before.
"""

from __future__ import annotations

import warnings
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.message import Message
from bot.ports import Chat


@dataclass(frozen=True, slots=True)
class Spoken:
    """A command as platforms list it. `managed`: offered to those only who manage the server."""

    name: str
    summary: str
    takes_words: bool
    managed: bool = False


Suggest = Callable[[str, str], Sequence[str]]  # tenant, what is typed so far -> topics; called in a thread
Left = Callable[[str], Awaitable[None]]  # tenant that the bot was removed from


def no_topics(_tenant: str, _typed: str) -> Sequence[str]:
    return ()


async def nobody_told(_tenant: str) -> None: ...


def open_chat(
    name: str,
    *,
    token: str,
    app_token: str = "",
    api_base: str = "",
    gateway_url: str = "",
    admins: frozenset[str] = frozenset(),
    spoken: Sequence[Spoken] = (),
    suggest: Suggest = no_topics,
    left: Left = nobody_told,
) -> Chat:
    """The platform `name`, "discord" or "slack", not connected yet.

    `app_token` and `admins` are Slack's, `gateway_url` is Discord's; an empty address is the platform's own.
    """
    match name:
        case "discord":
            with warnings.catch_warnings():  # its voice part, which is not used, imports audioop
                warnings.filterwarnings("ignore", "'audioop'", DeprecationWarning)
                from bot.chat.discord.client import Discord
            return Discord(token, api_base=api_base, gateway_url=gateway_url, spoken=spoken, suggest=suggest, left=left)
        case "slack":
            from bot.chat.slack.client import Slack

            return Slack(token, app_token, api_base=api_base, admins=admins, spoken=spoken, left=left)
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

            return slack(message)
    raise ValueError(f"no chat platform is called {name}")

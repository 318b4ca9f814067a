"""Where a typed `… to #channel` may lead: never out of the server or workspace where it was typed.

Whoever may order digests in one place may not aim them at another, so what names a channel elsewhere is made to name
none before a command sees it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.ports import NO_CHANNEL

_AIM = re.compile(r"(?<=\bto )\s*<?#([^\s>|]+)(?:\|[^\s>]*)?>?", re.IGNORECASE)


def aimed(text: str, reach: Callable[[str], str]) -> str:
    """`text` with each channel that it aims at as `reach` knows it: an id in reach, or empty."""

    def place(aim: re.Match[str]) -> str:
        return f"#{reach(aim[1]) or NO_CHANNEL}"

    return _AIM.sub(place, text)


def nowhere(_channel: str) -> str:
    """In private nothing else is in reach."""
    return ""

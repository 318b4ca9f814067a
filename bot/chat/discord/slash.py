"""The slash commands as Discord lists them, sent again only when they changed: each change costs readers a reload."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import aiohttp
import discord

from bot.chat import Spoken, budget

log = logging.getLogger("dateline")

_CHAT_INPUT, _STRING = 1, 3  # command and option types; "Application Command Object"
_GUILD, _BOT_DM = 0, 1  # contexts; the same page


def listed(spoken: Sequence[Spoken]) -> list[dict[str, Any]]:
    """The slash commands, as "Bulk Overwrite Global Application Commands" takes them."""
    return [
        {
            "type": _CHAT_INPUT,
            "name": one.name[: budget.DISCORD_COMMAND],
            "description": one.summary[: budget.DISCORD_DESCRIPTION],
            "options": [_WORDS] if one.takes_words else [],
            # those who run the server can override this, so it is checked again when the command comes
            "default_member_permissions": str(discord.Permissions(manage_guild=True).value) if one.managed else None,
            "contexts": [_GUILD, _BOT_DM],
            "integration_types": [0],
        }
        for one in spoken
    ]


_WORDS = {
    "type": _STRING,
    "name": "words",
    "description": "What to ask, as it is typed after the command",
    "required": False,
    "autocomplete": True,
}


def same(stored: Sequence[dict[str, Any]], wanted: Sequence[dict[str, Any]]) -> bool:
    """Whether the commands that Discord has are those wanted: only then are they not sent again."""
    return _essence(stored) == _essence(wanted)


def _essence(commands: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return sorted(
        (
            one["name"],
            one.get("description", ""),
            str(one.get("default_member_permissions")),
            str(sorted(one.get("contexts") or ())),
            str(
                [(o["name"], o["description"], o["type"], o.get("autocomplete", False)) for o in one.get("options", ())]
            ),
        )
        for one in commands
    )


async def sync(client: discord.Client, spoken: Sequence[Spoken]) -> bool:
    """Tell Discord the slash commands, where they differ from those that it has; whether it has them now."""
    assert client.application_id is not None
    wanted = listed(spoken)
    try:
        stored: Any = await client.http.get_global_commands(client.application_id)
        if not same(stored, wanted):
            await client.http.bulk_upsert_global_commands(client.application_id, wanted)
            log.info("discord: %s slash commands set", len(wanted))
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        log.warning("discord: the slash commands could not be set: %s", error)
        return False
    return True

"""Slack's events as Requests, and what the app asks Slack for: pure.

Entrances: `!summit` and a mention at the start of a message, in threads too; `/dateline <command …>`, `/summit`,
`/timeline`, `/source`, which Slack does not offer in threads; a button, which is the command that it types; the
home tab, which asks for the status. Bots, edits and people of other workspaces are not heard.
"""

from __future__ import annotations

import html
import re
from typing import Any

from bot.chat.aim import aimed, nowhere
from bot.model import Target
from bot.ports import Request

PLATFORM = "slack"
HOME = "home:"  # before a user's id: that user's home tab, as a channel

# what deploy/slack-app-manifest.yaml asks for, held against it by a test
SCOPES = frozenset({
    *("app_mentions:read", "chat:write", "commands", "users:read", "channels:read", "groups:read"),
    *("channels:history", "groups:history", "im:history", "mpim:history", "files:write"),
})  # fmt: skip
NEEDED = SCOPES - {"files:write"}  # without it there are no pictures, and all they say stands beside them in words
EVENTS = frozenset({
    *("app_home_opened", "app_mention", "app_uninstalled", "member_joined_channel", "tokens_revoked"),
    *("message.channels", "message.groups", "message.im", "message.mpim"),
})  # fmt: skip
WHOLE = "/dateline"  # followed by any command
COMMANDS = (WHOLE, "/summit", "/timeline", "/source")

_SPOKEN = {None, "file_share", "thread_broadcast"}  # subtypes that a person has just written
_TYPED = re.compile(r"!\s?[^\W\d_]")  # "!!!" and "!5" are no commands
_CHANNEL = re.compile(r"<#(\w+)(?:\|[^>]*)?>")
_PERSON = re.compile(r"<@(\w+)(?:\|[^>]*)?>")
_ID = re.compile(r"[CG][A-Z0-9]+")
_LINK = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")


def is_ours(body: dict[str, Any], team: str) -> bool:
    """Whether a person of this very workspace did it, and did it now."""
    event = body.get("event", {})
    teams = (
        body.get("team_id"),
        *(event.get(field) for field in ("team", "user_team", "source_team")),
        body.get("user", {}).get("team_id") if isinstance(body.get("user"), dict) else None,
    )
    if any(isinstance(one, str) and one != team for one in teams):
        return False
    if event.get("bot_id") or event.get("bot_profile"):
        return False
    return event.get("type") != "message" or event.get("subtype") in _SPOKEN


def heard(event: dict[str, Any], team: str, me: str) -> Request | None:
    """What somebody wrote; None where it is not for a bot."""
    user, channel = event.get("user"), event.get("channel")
    if not user or not channel or event.get("edited"):
        return None
    private = event.get("channel_type") == "im"
    text = (event.get("text") or "").strip()
    unmentioned = re.sub(rf"^<@{me}(?:\|[^>]*)?>[\s,:]*", "", text, count=1)
    addressed = private or unmentioned != text
    if not (addressed or _TYPED.match(text)) or (private and not unmentioned):
        return None
    return Request(
        text=_reached(typed(unmentioned), private=private),
        target=Target(PLATFORM, channel, event.get("thread_ts") or ""),
        key=f"slack:message:{channel}:{event['ts']}",
        user=user,
        tenant=tenant(team, user if private else ""),
        addressed=addressed,
        trusted=private,
    )


def commanded(body: dict[str, Any], team: str) -> Request:
    """What a slash command says."""
    words = typed(body.get("text") or "")
    name = body["command"]
    private = body.get("channel_name") == "directmessage"
    return Request(
        text=_reached(words if name == WHOLE else f"{name.lstrip('/')} {words}".strip(), private=private),
        target=Target(PLATFORM, body["channel_id"]),
        key=f"slack:command:{body['trigger_id']}",
        user=body["user_id"],
        tenant=tenant(team, body["user_id"] if private else ""),
        trusted=private,
    )


def clicked(body: dict[str, Any], team: str) -> Request | None:
    """What a button says: the answer comes in the thread of the message that it hangs on."""
    user, message = body["user"]["id"], body.get("message", {})
    channel = body.get("channel", {})
    if not message:  # on the home tab: there is no thread
        return None
    private = channel.get("name") == "directmessage"
    return Request(
        text=_reached(body["actions"][0]["value"], private=private),
        target=Target(PLATFORM, channel["id"], message.get("thread_ts") or message["ts"], message["ts"]),
        key=f"slack:action:{body['trigger_id']}",
        user=user,
        tenant=tenant(team, user if private else ""),
        trusted=private,
    )


def at_home(event: dict[str, Any], team: str) -> Request | None:
    """Who opens the home tab asks how things stand."""
    if event.get("tab") != "home":
        return None
    user = event["user"]
    return Request(
        text="status",
        target=Target(PLATFORM, f"{HOME}{user}"),
        key=f"slack:home:{user}:{event['event_ts']}",
        user=user,
        tenant=tenant(team, ""),
    )


def _reached(text: str, *, private: bool) -> str:
    """In private anybody is trusted, but only there. A channel that was picked from the list comes as its id."""
    return aimed(text, nowhere if private else lambda channel: channel if _ID.fullmatch(channel) else "")


def tenant(team: str, alone: str) -> str:
    """Whose articles may be read and whose digests be seen: the workspace's; in private the person's own."""
    return f"slack/{team}/dm-{alone}" if alone else f"slack/{team}"


def typed(text: str) -> str:
    """A message as it was typed: Slack's marks for channels, people and links undone, its escapes too."""
    text = _CHANNEL.sub(r"#\1", _PERSON.sub(r"@\1", text))
    text = _LINK.sub(lambda link: link[2] or link[1], text)
    return html.unescape(text)

"""What a reader sees of a payload, by the platforms' own rules: the renderers are held against this."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from bot.chat import budget
from bot.chat.discord import Payload
from bot.chat.discord import render as discord
from bot.chat.slack import render as slack
from bot.message import Message

ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")  # Discord shows the character and hides the backslash
MUTE = re.compile("@\u200b(?=everyone|here|[!&]?[0-9])", re.IGNORECASE)
LINE = re.compile(r"^(##+ |- |> |-# )", re.MULTILINE)


def on_discord(message: Message) -> str:
    """Every payload as shown, line marks, masks and escapes undone; the labels of the buttons too."""
    told = []
    for payload in discord(message):
        content = LINE.sub("", payload.body["content"])
        content = re.sub(r"\]\(<https?://[^>]*>\)", "", content)
        told.append(MUTE.sub("@", ESCAPE.sub(r"\1", content)))
        told += [button["label"] for row in payload.body.get("components", ()) for button in row["components"]]
    return "\n".join(told)


def on_slack(message: Message) -> str:
    """The literal text of every block."""
    return "\n".join("".join(_literal(payload["blocks"])) for payload in slack(message))


def read_aloud_on_slack(message: Message) -> str:
    """`text`, as a notification shows it and a screen reader reads it."""
    return "\n".join(html.unescape(payload["text"]) for payload in slack(message))


def _literal(node: Any) -> Iterator[str]:
    match node:
        case list():
            for item in node:
                yield from _literal(item)
        case {"type": "rich_text_section" | "rich_text_quote", "elements": elements}:
            yield from _literal(elements)
            yield "\n"
        case {"type": "text" | "plain_text" | "link", "text": str(text)}:
            yield text
        case {"type": "date", "fallback": str(text)}:
            yield text
        case {"type": "channel", "channel_id": str(id_)}:
            yield f"#{id_}"
        case {"text": dict(text)}:
            yield from _literal(text)
            yield "\n"
        case {"elements": elements}:
            yield from _literal(elements)


def refused_by_discord(payload: Payload) -> str:
    """Why Discord would refuse this message; empty: it would not."""
    body = payload.body
    buttons = [button for row in body.get("components", ()) for button in row["components"]]
    faults = {
        "empty": not (body["content"].strip() or buttons or payload.png),
        "content": budget.units(body["content"]) > 2000,
        "rows": len(body.get("components", ())) > 5,
        "row": any(not 1 <= len(row["components"]) <= 5 for row in body.get("components", ())),
        "label": any(not 1 <= budget.units(button["label"]) <= 80 for button in buttons),
        "custom_id": any(not 1 <= budget.units(button["custom_id"]) <= 100 for button in buttons),
        "duplicate": len({button["custom_id"] for button in buttons}) < len(buttons),
        "alt": any(budget.units(one["description"]) > 1024 for one in body.get("attachments", ())),
        "pings": body["allowed_mentions"]["parse"] != [],
    }
    return ", ".join(fault for fault, is_there in faults.items() if is_there)


def refused_by_slack(payload: dict[str, Any]) -> str:
    """Why Slack would refuse or cut this message; empty: it would not."""
    blocks = payload["blocks"]
    buttons = [one for block in blocks if block["type"] == "actions" for one in block["elements"]]
    texts = list(_texts(blocks))
    faults = {
        "no_text": not payload["text"].strip(),
        "msg_too_long": budget.units(payload["text"]) > 4000 + 5 * payload["text"].count("&"),
        "msg_blocks_too_long": budget.units(json.dumps(blocks, ensure_ascii=False)) > 13_200 + 200 * len(buttons),
        "blocks": not 1 <= len(blocks) <= 50,
        "empty text": any(not text for text in texts),
        "header": any(not 1 <= budget.units(b["text"]["text"]) <= 150 for b in blocks if b["type"] == "header"),
        "buttons": len(buttons) > 25,
        "label": any(not 1 <= budget.units(button["text"]["text"]) <= 75 for button in buttons),
        "value": any(not 1 <= budget.units(button["value"]) <= 2000 for button in buttons),
        "action_id": len({button["action_id"] for button in buttons}) < len(buttons),
        "unfurls": payload["unfurl_links"] or payload["unfurl_media"],
    }
    return ", ".join(fault for fault, is_there in faults.items() if is_there)


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _texts(item)
    elif isinstance(node, dict):
        if isinstance(node.get("text"), str):
            yield node["text"]
        for value in node.values():
            yield from _texts(value)

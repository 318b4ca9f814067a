"""A message as Slack shows it: rich text blocks, whose text is taken literally, and buttons.

No mrkdwn: it has no escape for `*`, `_`, `~` and backticks. `text` says the same as the blocks, for notifications
and screen readers, with its markup switched off and `& < >` escaped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Any

from bot.chat import budget
from bot.chat.pack import Title, address, buttons, clean, label, pack, sections, titled
from bot.chat.terminal import moment
from bot.message import (
    Action,
    Block,
    Bullet,
    Cite,
    Code,
    Heading,
    Headline,
    Link,
    Message,
    Moment,
    Note,
    Paragraph,
    Picture,
    Place,
    Quotation,
    Quote,
    Span,
    Strong,
    Text,
)

_CHANNEL = re.compile("[CGD][A-Z0-9]+")
COMMAND = "command"  # with a number after it: the action_id of a button, whose value is the typed command

Json = dict[str, Any]


def render(message: Message) -> list[Json]:
    """`message` as the arguments of one or more chat.postMessage: the first with the buttons, the rest for its thread.

    Of several sections the first message holds only as many as a reader takes in at a glance.
    """
    actions, blocks = buttons(message, budget.SLACK_BUTTONS, budget.SLACK_VALUE, budget.SLACK_LABEL)
    # a picture that cannot bear its words, or has no message to stand in, is told in words
    alone = all(isinstance(block, Picture) for block in blocks)
    told: list[Block] = [
        Paragraph((Text(b.alt),)) if isinstance(b, Picture) and (alone or b is not pictured(message)) else b
        for b in blocks
    ]
    written = titled([block for block in told if _plain(block).strip()])
    pages = pack(written, _fits, _is_short if _is_long(written) else None)
    payloads = [{"text": _text(page), "blocks": _blocks(page), **_QUIET} for page in pages]
    if actions and not payloads:
        payloads = [{"text": ", ".join(escape(action.label) for action in actions), "blocks": [], **_QUIET}]
    if actions:
        payloads[0]["blocks"].append(_actions(actions))
    return payloads


def pictured(message: Message) -> Picture | None:
    """The picture that goes into the message: the first, if it can bear its words."""
    picture = next((block for block in message.blocks if isinstance(block, Picture)), None)
    return picture if picture and budget.units(clean(picture.alt)) <= budget.SLACK_ALT else None


def illustrated(payload: Json, file: str, picture: Picture) -> Json:
    """`payload` with the uploaded `file` under its words."""
    words = [block for block in payload["blocks"] if block["type"] != "actions"]
    alt = clean(picture.alt).strip() or "Picture"
    image = {"type": "image", "slack_file": {"id": file}, "alt_text": alt}
    return payload | {"blocks": [*words, image, *(one for one in payload["blocks"] if one["type"] == "actions")]}


_QUIET: Json = {"mrkdwn": False, "parse": "none", "link_names": False, "unfurl_links": False, "unfurl_media": False}


def escape(text: str) -> str:
    """`text` as Slack's `text` shows these very characters; Slack docs, "Formatting text", "Escaping text"."""
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _actions(actions: Sequence[Action]) -> Json:
    return {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": f"{COMMAND}{number}",
                "text": {"type": "plain_text", "text": action.label, "emoji": False},
                "value": action.command,
            }
            for number, action in enumerate(actions)
        ],
    }


def _fits(page: Sequence[Block]) -> bool:
    blocks = _blocks(page)
    return (
        len(blocks) < budget.SLACK_BLOCKS - 1  # two are left for a picture and the buttons
        and budget.units(_text(page)) <= budget.SLACK_TEXT
        and budget.units(json.dumps(blocks, ensure_ascii=False)) <= budget.SLACK_MESSAGE
        and all(_size(block) <= budget.SLACK_SECTION for block in page)
    )


def _is_long(blocks: Sequence[Block]) -> bool:
    """Whether a message has several sections, and more than a reader wants to have in a channel."""
    return sections(blocks) > 1 and budget.units(_text(blocks)) > budget.WHOLE


def _is_short(page: Sequence[Block]) -> bool:
    return _fits(page) and (sections(page) < 2 or budget.units(_text(page)) <= budget.ROOT)


# --- text, for those who do not see the blocks --------------------------------------------------------------


def _text(page: Sequence[Block]) -> str:
    return "\n".join(escape(_plain(block)).strip() for block in page)


@lru_cache(maxsize=512)  # pages are measured again and again as blocks join them
def _plain(block: Block) -> str:
    if isinstance(block, Action | Picture):
        return ""
    words = "".join(_words(span) for span in block.spans)
    return f"• {words}" if isinstance(block, Bullet) and words.strip() else words


def _size(block: Block) -> int:
    return budget.units(_plain(block))


def _words(span: Span) -> str:
    match span:
        case Link():
            return clean(label(span))
        case Moment():
            return moment(span)
        case Place(channel=channel):
            return clean(f"#{channel}")
        case Cite(number=number):
            return f"[{number}]"
        case _:
            return clean(span.text)


# --- blocks -------------------------------------------------------------------------------------------------


def _blocks(page: Sequence[Block]) -> list[Json]:
    """Neighbouring blocks of rich text are one of Slack's, so that they stand close; bullets in a row are one list."""
    blocks: list[Json] = []
    for rich, run in groupby(page, key=lambda block: not _is_header(block)):
        if rich:
            blocks.append({"type": "rich_text", "elements": _rich(list(run))})
        else:
            blocks += [
                {"type": "header", "text": {"type": "plain_text", "text": _plain(block).strip(), "emoji": False}}
                for block in run
            ]
    return blocks


def _is_header(block: Block) -> bool:
    """A header is plain text: no link, no moment in the reader's own zone."""
    return (
        isinstance(block, Title)
        and not any(isinstance(span, Link | Moment | Place) for span in block.spans)
        and _size(block) <= budget.SLACK_HEADER
    )


def _rich(blocks: Sequence[Block]) -> list[Json]:
    """Lines in a row are one section, as Slack's own composer writes them: neighbouring sections would run together."""
    elements: list[Json] = []
    for kind, run in groupby(blocks, key=lambda block: type(block) if isinstance(block, Bullet | Quote) else None):
        lines = list(run)
        if kind is Bullet:
            items = [{"type": "rich_text_section", "elements": _spans(block)} for block in lines]
            elements.append({"type": "rich_text_list", "style": "bullet", "elements": items})
        elif kind is Quote:
            elements += [{"type": "rich_text_quote", "elements": _spans(block)} for block in lines]
        else:
            elements.append({"type": "rich_text_section", "elements": _section(lines, first=not elements)})
    return elements


def _section(blocks: Sequence[Block], *, first: bool) -> list[Json]:
    """Lines, with air above a paragraph or a heading."""
    spans: list[Json] = []
    for before, block in pairwise([None, *blocks]):
        assert block
        airy = isinstance(block, Paragraph | Heading) and (spans or not first) and not isinstance(before, Heading)
        spans += [*([_BREAK] if airy else []), *_spans(block), _BREAK]
    return spans


_BREAK: Json = {"type": "text", "text": "\n"}


def _spans(block: Block) -> list[Json]:
    if isinstance(block, Action | Picture):
        return []
    bold = {"bold": True} if isinstance(block, Heading) else {}
    small = {"italic": True} if isinstance(block, Note) else {}
    return [element for span in block.spans if (element := _span(span, {**bold, **small}))]


def _span(span: Span, style: dict[str, bool]) -> Json | None:
    match span:
        case Strong(text=text) | Quotation(text=text, strong=True):
            return _element(clean(text), style | {"bold": True})
        case Text(text=text) | Quotation(text=text) | Headline(text=text):
            return _element(clean(text), style)
        case Code(text=text):
            return _element(clean(text), style | {"code": True})
        case Link():
            words, url = clean(label(span)), address(span.url)
            if not words.strip() or not url:
                return _element(words, style)
            return {"type": "link", "url": url, "text": words, **({"style": style} if style else {})}
        case Moment(at=at):
            return {
                "type": "date",
                "timestamp": int(at.timestamp()),
                "format": "{date_short_pretty} {time}",
                "fallback": moment(span),
                **({"style": style} if style else {}),
            }
        case Place(channel=channel):
            if not _CHANNEL.fullmatch(channel):
                return _element(clean(f"#{channel}"), style)
            return {"type": "channel", "channel_id": channel, **({"style": style} if style else {})}
        case Cite(number=number):
            return _element(f"[{number}]", style)


def _element(text: str, style: dict[str, bool] | None = None) -> Json | None:
    """Literal text: Slack neither parses nor links it; Slack docs, "Rich text block", "Text element"."""
    return {"type": "text", "text": text, **({"style": style} if style else {})} if text else None

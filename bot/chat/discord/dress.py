"""A message as Discord shows it: Markdown text, which carries everything, and buttons.

No embeds: they can be switched off by the reader, need a permission of their own, and would add nothing but a frame.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from bot.chat import budget
from bot.chat.pack import Title, address, buttons, clean, label, pack, sections, titled
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

_NO_PREVIEWS = 1 << 2  # message flag SUPPRESS_EMBEDS; Discord developer docs, "Message Flags"
_BUTTON, _ROW, _SECONDARY = 2, 1, 2  # component types and button style; "Component Reference"


@dataclass(frozen=True, slots=True)
class Payload:
    """The body of one "Create Message", and the picture that goes with it."""

    body: dict[str, Any]
    png: bytes = b""


def render(message: Message) -> list[Payload]:
    """`message` as one or more messages, the buttons under the last.

    Of several sections the first message, with the buttons, holds only as many as a reader takes in at a glance; the
    rest is for its thread, which is to be called `thread_name(message)`.
    """
    actions, blocks = buttons(
        message, budget.DISCORD_ROWS * budget.DISCORD_BUTTONS, budget.DISCORD_CUSTOM_ID, budget.DISCORD_LABEL
    )
    pictures = [block for block in blocks if isinstance(block, Picture)]
    # a description too long for the picture's own is told in words as well
    told = [Paragraph((Text(b.alt),)) if isinstance(b, Picture) and not _fits_alt(b) else b for b in blocks]
    written = [block for block in told if _line(block).strip()]
    if sections(titled(written)):
        written = list(titled(written))
    threaded = _is_long(written)
    payloads = [Payload(_body(_text(page))) for page in pack(written, _fits, _is_short if threaded else None)]
    if pictures:
        beside = payloads.pop(0 if threaded else -1) if payloads else Payload(_body(""))
        payloads.insert(0 if threaded else len(payloads), _pictured(beside, pictures[0]))
    payloads += [_pictured(Payload(_body("")), picture) for picture in pictures[1:]]
    if actions and not payloads:
        payloads = [Payload(_body(""))]
    if actions:
        payloads[0 if threaded else -1].body["components"] = _rows(actions)
    return payloads


def thread_name(message: Message) -> str:
    """What the thread of a message with several sections is called; empty for any other."""
    written = titled([block for block in message.blocks if _line(block).strip()])
    if not _is_long(written) or not isinstance(written[0], Title):
        return ""
    words = "".join(label(span) if isinstance(span, Link) else getattr(span, "text", "") for span in written[0].spans)
    return clean(words).strip()[: budget.DISCORD_THREAD // 2]  # halved: a code point may be two units


def _body(content: str) -> dict[str, Any]:
    return {"content": content, "allowed_mentions": {"parse": [], "replied_user": False}, "flags": _NO_PREVIEWS}


def _pictured(payload: Payload, picture: Picture) -> Payload:
    alt = clean(picture.alt).strip() if _fits_alt(picture) else ""
    attachment = {"id": 0, "filename": "dateline.png", "description": alt}
    return Payload({**payload.body, "attachments": [attachment]}, picture.png)


def _fits_alt(picture: Picture) -> bool:
    return budget.units(clean(picture.alt)) <= budget.DISCORD_ALT


def _rows(actions: Sequence[Action]) -> list[dict[str, Any]]:
    return [
        {
            "type": _ROW,
            "components": [
                {"type": _BUTTON, "style": _SECONDARY, "label": action.label, "custom_id": action.command}
                for action in row
            ],
        }
        for row in _batched(actions, budget.DISCORD_BUTTONS)
    ]


# --- blocks and spans ---------------------------------------------------------------------------------------


def _fits(page: Sequence[Block]) -> bool:
    return budget.units(_text(page)) <= budget.DISCORD_CONTENT


def _is_long(blocks: Sequence[Block]) -> bool:
    """Whether a message has several sections, and more than a reader wants to have in a channel."""
    return sections(blocks) > 1 and budget.units(_text(blocks)) > budget.WHOLE


def _is_short(page: Sequence[Block]) -> bool:
    return _fits(page) and (sections(page) < 2 or budget.units(_text(page)) <= budget.ROOT)


def _text(page: Sequence[Block]) -> str:
    """Blocks as lines; a paragraph and a quotation have air above them."""
    if not page:
        return ""
    text = _line(page[0])
    for before, block in pairwise(page):
        airy = isinstance(block, Paragraph | Quote) and not isinstance(before, Heading)
        text += ("\n\n" if airy else "\n") + _line(block)
    return text


@lru_cache(maxsize=512)  # pages are measured again and again as blocks join them
def _line(block: Block) -> str:
    match block:
        case Title():
            return _led("## ", block.spans)
        case Heading():
            return _led("### ", block.spans)
        case Bullet():
            return _led("- ", block.spans)
        case Quote():
            return _led("> ", block.spans)
        case Note():
            return _led("-# ", block.spans)
        case Paragraph():
            return _led("", block.spans)
        case Picture() | Action():
            return ""


def _led(prefix: str, spans: tuple[Span, ...]) -> str:
    text = "".join(_span(span) for span in spans).strip()
    text = _TARGET.sub(r"]\\(", _OPENING.sub(r"\1\\\2", text))
    return f"{prefix}{text}" if text else ""


def _span(span: Span) -> str:
    match span:
        case Strong(text=text) | Quotation(text=text, strong=True):
            return _around("**", text)
        case Text(text=text) | Quotation(text=text) | Headline(text=text):
            return escape(text)
        case Code(text=text):
            # no escape works between backticks, so what would need one goes without them
            return escape(text) if "`" in text or "\\" in text else _verbatim(clean(text))
        case Link():
            return _link(escape(label(span)), address(span.url))
        case Moment(at=at):
            return f"<t:{int(at.timestamp())}:F>"
        case Place(channel=channel):
            return f"<#{channel}>" if channel.isdecimal() else escape(f"#{channel}")
        case Cite(number=number):
            return f"[{number}]"


def _around(mark: str, text: str) -> str:
    """Stress hugs its words: a space inside the marks is moved out."""
    escaped = escape(text)
    inner = escaped.strip()
    if not inner:
        return escaped
    return f"{' ' * escaped.startswith(' ')}{mark}{inner}{mark}{' ' * escaped.endswith(' ')}"


def _verbatim(text: str) -> str:
    return f"`{_muted(text)}`" if text.strip() else text


def _link(shown: str, url: str) -> str:
    if not url or not shown.strip():
        return shown
    if "[" in shown or "]" in shown or "://" in shown.replace("\\", ""):
        return f"{shown} [↗](<{url}>)"  # brackets in a label, and addresses, undo a masked link
    return f"[{shown}](<{url}>)"


# --- escaping -----------------------------------------------------------------------------------------------

_SPECIAL = re.compile(r"[\\*_~|`\[\]<>#]")
_SCHEME = re.compile(r":(?=//)")
_INVITE = re.compile(r"(?<=discord)(app)?\.(?=\w)", re.IGNORECASE)
_PING = re.compile(r"@(?=everyone|here|[!&]?\d)", re.IGNORECASE)
_OPENING = re.compile(r"^(\d*)([-+.])")  # a line that would open a list
_TARGET = re.compile(r"\]\((?!<)")  # text in brackets after a citation, which would be its address


def escape(text: str) -> str:
    """`text` so that Discord shows these very characters.

    `discord.utils.escape_markdown` is not enough: masked links over several lines, `<t:…>`, `</command:…>`, bare
    addresses and bidi controls pass it.
    """
    escaped = _SPECIAL.sub(r"\\\g<0>", clean(text))
    escaped = _SCHEME.sub(r"\\:", escaped)
    escaped = _INVITE.sub(lambda m: f"{m[1] or ''}\\.", escaped)
    return _muted(escaped)


def _muted(text: str) -> str:
    """A zero-width space stands where a mention would begin; allowed_mentions forbids the ping itself, too."""
    return _PING.sub("@\u200b", text)


def _batched(actions: Sequence[Action], size: int) -> list[Sequence[Action]]:
    return [actions[i : i + size] for i in range(0, len(actions), size)]

"""Dividing a message over as many as the platform needs; no word is ever dropped, no markup cut through.

What is too long is divided *before* it is dressed, as blocks and spans, so that every piece is whole when it is
rendered: an escape, a link or stress never reaches over a border.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from urllib.parse import quote

from bot.chat import budget
from bot.message import (
    Action,
    Block,
    Cite,
    Code,
    Heading,
    Headline,
    Link,
    Message,
    Moment,
    Note,
    Picture,
    Place,
    Span,
    Text,
)
from bot.model import shown

Fits = Callable[[Sequence[Block]], bool]


class Title(Heading):
    """The heading of a whole message, over those of its sections."""

    __slots__ = ()


_SURROGATE = re.compile("[\ud800-\udfff]")
_WEB = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)


@lru_cache(maxsize=2048)  # the words of a message are asked for at every measuring of its pages
def clean(text: str) -> str:
    """`text` on one line, without controls, bidi controls and towers of combining marks; a space at an end stays."""
    inner = shown(text)
    if not inner:
        return " " if text else ""
    before, after = " " * text[0].isspace(), " " * text[-1].isspace()
    if not inner.isascii():
        marks = groupby(_SURROGATE.sub("", inner), key=lambda c: unicodedata.category(c).startswith("M"))
        inner = "".join("".join(run)[: budget.MARKS if is_mark else None] for is_mark, run in marks)
    return f"{before}{inner}{after}"


def address(url: str) -> str:
    """`url` with nothing in it that could end a link early; empty unless it leads to the web and is short enough."""
    escaped = quote(_SURROGATE.sub("", url.strip()), safe=":/?#@!$&'*+,;=%~-._")
    return escaped if _WEB.match(escaped) and len(escaped) <= budget.ADDRESS else ""


def label(link: Link) -> str:
    return link.label if isinstance(link.label, str) else link.label.text


def buttons(message: Message, most: int, command: int, label: int) -> tuple[tuple[Action, ...], tuple[Block, ...]]:
    """The actions that can be buttons, each command once, and all other blocks.

    An action whose command or label is too long, or for which there is no room, is a hint to type instead.
    """
    offered: dict[str, Action] = {}
    rest: list[Block] = []
    for block in message.blocks:
        if not isinstance(block, Action):
            rest.append(block)
            continue
        action = Action(clean(block.label).strip() or clean(block.command).strip(), clean(block.command).strip())
        if not action.command or action.command in offered:
            continue
        short = budget.units(action.command) <= command and budget.units(action.label) <= label
        if short and len(offered) < most:
            offered[action.command] = action
        else:
            rest.append(Note((Text(f"{action.label}: "), Code(action.command))))
    return tuple(offered.values()), tuple(rest)


def titled(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """`blocks`, the heading that they begin with as their title."""
    if blocks and isinstance(blocks[0], Heading):
        return (Title(blocks[0].spans), *blocks[1:])
    return tuple(blocks)


def sections(blocks: Sequence[Block]) -> int:
    return sum(isinstance(block, Heading) and not isinstance(block, Title) for block in blocks)


def pack(blocks: Sequence[Block], fits: Fits, fits_first: Fits | None = None) -> list[list[Block]]:
    """`blocks` in order, in as few pages as fit; a heading stays with what it heads."""
    pages: list[list[Block]] = [[]]
    for block in (piece for whole in blocks for piece in divided(whole, fits)):
        page = pages[-1]
        enough = fits_first if fits_first and len(pages) == 1 else fits
        if page and not enough([*page, block]):
            last = len(page)
            while last and isinstance(page[last - 1], Heading):
                last -= 1
            carried = page[last:] if last and fits([*page[last:], block]) else []
            pages[-1] = page[: len(page) - len(carried)]
            pages.append(carried)
        pages[-1].append(block)
    return [page for page in pages if page]


def divided(block: Block, fits: Fits) -> tuple[Block, ...]:
    """`block` in pieces of its kind that fit each alone."""
    if isinstance(block, Action | Picture) or fits([block]):
        return (block,)
    first, rest = _halves(block.spans)
    if not rest:
        return (block,)
    return divided(replace(block, spans=first), fits) + divided(replace(block, spans=rest), fits)


def _halves(spans: tuple[Span, ...]) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """`spans` cut near the middle: between two, never before a citation; else between two words of the only one."""
    lengths = [len(_words(span)) for span in spans]
    cuts = [i for i in range(1, len(spans)) if not isinstance(spans[i], Cite) and _words(spans[i]).strip()]
    if cuts:
        cut = min(cuts, key=lambda i: abs(sum(lengths[:i]) - sum(lengths[i:])))
        return spans[:cut], spans[cut:]
    longest = max(range(len(spans)), key=lengths.__getitem__)
    words = _words(spans[longest])
    at = _cut(words)
    if not at:
        return spans, ()
    left, right = _with(spans[longest], words[:at].rstrip()), _with(spans[longest], words[at:].lstrip())
    return (*spans[:longest], left), (right, *spans[longest + 1 :])


def _cut(words: str) -> int:
    """Where to cut: at the white space nearest the middle, else in the middle, not under a combining mark; 0: nowhere."""
    middle = len(words) // 2
    spaces = [match.start() for match in re.finditer(r"(?<=\S)\s+(?=\S)", words)]
    if spaces:
        return min(spaces, key=lambda at: abs(at - middle))
    return next((at for at in range(middle, 0, -1) if not unicodedata.category(words[at]).startswith("M")), middle)


def _words(span: Span) -> str:
    match span:
        case Link():
            return label(span)
        case Cite() | Moment() | Place():
            return ""
        case _:
            return span.text


def _with(span: Span, words: str) -> Span:
    match span:
        case Link(label=Headline() as headline):
            return replace(span, label=replace(headline, text=words))
        case Link():
            return replace(span, label=words)
        case Cite() | Moment() | Place():
            return span
        case _:
            return replace(span, text=words)

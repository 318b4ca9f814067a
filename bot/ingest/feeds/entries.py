"""What a feed says, whatever its format, and what all formats share."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from bot.ingest.markup import is_markup, plain

NEWEST = 200  # entries read of one feed
TEASER = 800  # code points; a summary this short is not the whole article
_CUT_SHORT = re.compile(r"(?:\[?(?:…|\.\.\.)\]?|\b(?:read|continue|see) (?:more|reading)\W{0,8})\s*$", re.IGNORECASE)
# what feeds add below an entry's text; a paragraph of its own each
_FOOT = re.compile(
    r"(?:The post .{1,300} (?:appeared first on|first appeared on) .{1,100}"
    r"|(?:Read|Continue|See) (?:more|reading|the full (?:story|article))\b.{0,150}|This article (?:was )?originally appeared .{1,150})",
    re.IGNORECASE | re.DOTALL,
)
EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)  # an earlier one stands for none


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry. `text` is plain, its paragraphs parted by blank lines; `teaser`: no more than a summary of it.

    `published` is when it says it first appeared, or else was updated; believing it is the caller's affair. `link`
    is absolute or empty; `publisher` is the source that it names, else the feed.
    """

    guid: str = ""
    link: str = ""
    title: str = ""
    author: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    text: str = ""
    teaser: bool = False
    language: str = ""
    publisher: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as read: its entries in its own order, or, of more than NEWEST, the newest first.

    `interval`: seconds from one change to the next, as it says. `found`: what came is a page, and links to these feeds.
    """

    title: str = ""
    link: str = ""
    language: str = ""
    entries: tuple[FeedEntry, ...] = ()
    interval: float | None = None
    found: tuple[str, ...] = ()


def said(of: Mapping[str, Any], key: str) -> str:
    """The text at `key`; empty where there is none, or something else."""
    found = dict.get(of, key) if isinstance(of, dict) else None  # feedparser's own get() answers for other keys
    return found if isinstance(found, str) else ""


def body(words: str) -> str:
    """What an entry carries as plain text, without the feed's own last lines."""
    if is_markup(html.unescape(words)) and not is_markup(words):
        words = html.unescape(words)  # escaped once too often
    parts = plain(words).split("\n\n")
    while parts and _FOOT.fullmatch(parts[-1].strip()):
        parts.pop()
    return "\n\n".join(parts)


def is_cut(text: str) -> bool:
    """Whether a text that stands for the whole article ends as a part of it does."""
    return len(text) < TEASER and _CUT_SHORT.search(text) is not None


def is_teaser(summary: str) -> bool:
    return len(summary) < TEASER or _CUT_SHORT.search(summary) is not None


def newest(entries: Sequence[FeedEntry]) -> tuple[FeedEntry, ...]:
    if len(entries) <= NEWEST:
        return tuple(entries)
    # one without a date stands where the feed has it, as new as the one above it
    ages: list[datetime] = []
    for entry in entries:
        ages.append(entry.published or (ages[-1] if ages else datetime.max.replace(tzinfo=UTC)))
    order = sorted(range(len(entries)), key=ages.__getitem__, reverse=True)
    return tuple(entries[n] for n in order[:NEWEST])


def address(link: str, base: str) -> str:
    """`link` as an absolute address of the web, or empty."""
    try:
        found = urljoin(base, link.strip())
        parts = urlsplit(found)
    except ValueError:
        return ""
    is_web = parts.scheme in {"http", "https"} and parts.hostname and len(found) <= 2000
    return found if link.strip() and is_web and found.isprintable() and " " not in found else ""

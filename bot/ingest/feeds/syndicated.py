"""RSS and Atom, read by feedparser."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from html import escape
from html.entities import html5
from typing import Any
from xml.parsers import expat

from bot.errors import FeedError
from bot.ingest.feeds.entries import (
    EARLIEST,
    NEWEST,
    Feed,
    FeedEntry,
    address,
    body,
    is_cut,
    is_teaser,
    newest,
    said,
)
from bot.ingest.markup import line

_LOOSE = 250_000  # code points of a broken feed; the parser that forgives takes seconds for them
_ENTRY_END = re.compile(r"</(?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry)\s*>", re.IGNORECASE)
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31};)")
_XML_ENTITIES = frozenset(("amp;", "lt;", "gt;", "quot;", "apos;"))
_CDATA = "<![CDATA["
_STRAY = re.compile(r"&(?!#\d{1,8};|#[xX][0-9a-fA-F]{1,7};|[A-Za-z_:][\w.:-]{0,40};)")
_WEB = re.compile(r"https?://", re.IGNORECASE)
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)\s*\Z")
_PERIODS = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": 2592000, "yearly": 31536000}


def xml_feed(text: str, url: str) -> Feed:
    import feedparser

    text = _readable(_shortened(text))
    headers = {"content-type": "application/xml; charset=utf-8"}  # and no address, which would become part of guids
    try:
        read = feedparser.parse(
            text.encode(), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError):
        # markup so broken that feedparser falls over it
        raise FeedError("it is a feed so broken that it cannot be read") from None
    head: Mapping[str, Any] = read.get("feed") or {}
    if not read.get("version") and not read.get("entries"):
        raise FeedError("it is no feed: neither RSS, nor Atom, nor JSON Feed")
    title = line(said(head, "title"))
    language = said(head, "language")
    publisher = line(said(head, "publisher")) or title
    link = address(said(head, "link"), url)
    entries = [_entry(entry, link or url, publisher, language) for entry in read.get("entries") or ()]
    return Feed(
        title=title,
        link=link,
        language=language,
        entries=newest(entries),
        interval=_interval(head),
    )


def _shortened(text: str) -> str:
    """`text` without the entries between the first and the last NEWEST: a feed may begin with its oldest."""
    ends = [end.end() for end in _ENTRY_END.finditer(text)]
    if len(ends) <= 2 * NEWEST:
        return text
    return text[: ends[NEWEST - 1]] + text[ends[-NEWEST - 1] :]


def _readable(text: str) -> str:
    """`text` well-formed where that takes no guessing; of what stays broken, as much as can be read in a while."""
    text = _ENTITY.sub(_numbered, text)
    if _is_well_formed(text):
        return text
    text = "".join(_mended(text))
    if len(text) <= _LOOSE or _is_well_formed(text):
        return text
    ends = [end.end() for end in _ENTRY_END.finditer(text, 0, _LOOSE)]
    return text[: ends[-1] if ends else _LOOSE]


def _mended(text: str) -> Iterator[str]:
    """`text` with the ampersands that stand for themselves escaped, and its CDATA sections as escaped text."""
    at = 0
    while (start := text.find(_CDATA, at)) >= 0:
        yield _STRAY.sub("&amp;", text[at:start])
        end = text.find("]]>", start)
        at = start + len(_CDATA)
        if end < 0:
            break
        yield escape(text[at:end])
        at = end + 3
    yield _STRAY.sub("&amp;", text[at:].replace(_CDATA, ""))


def _numbered(entity: re.Match[str]) -> str:
    """HTML's names of characters, which XML does not know, as numbers."""
    letters = html5.get(entity[1]) if entity[1] not in _XML_ENTITIES else None
    return "".join(f"&#{ord(letter)};" for letter in letters) if letters else entity[0]


def _is_well_formed(text: str) -> bool:
    try:
        expat.ParserCreate(namespace_separator=" ").Parse(text.encode(), True)  # noqa: FBT003  `isfinal`
    except expat.ExpatError:
        return False
    return True


def _entry(entry: Mapping[str, Any], url: str, publisher: str, language: str) -> FeedEntry:
    text, teaser, spoken = _text(entry)
    updated = _instant(entry, "updated_parsed")
    source = entry.get("source")
    guid, link = said(entry, "id").strip(), said(entry, "feedburner_origlink") or said(entry, "link")
    if entry.get("guidislink") and link.strip() == guid and not _WEB.match(guid):
        link = ""  # feedparser takes a name for the missing link, also where it is no address
    return FeedEntry(
        guid=guid,
        link=address(link, url),
        title=line(said(entry, "title")),
        author=line(said(entry, "author")),
        published=_instant(entry, "published_parsed") or updated,
        updated=updated,
        text=text,
        teaser=teaser,
        language=spoken or said(entry, "language") or language,
        publisher=line(said(source, "title") if isinstance(source, Mapping) else "") or publisher,
        categories=tuple(term for tag in entry.get("tags") or () if (term := line(said(tag, "term")))),
    )


def _text(entry: Mapping[str, Any]) -> tuple[str, bool, str]:
    """The fullest text of an entry, whether it is a mere teaser, and its language if it says so."""
    bodies = [part for part in entry.get("content") or () if isinstance(part, Mapping)]
    texts = [(body(said(part, "value")), said(part, "language")) for part in bodies]
    text, language = max(texts, key=lambda each: len(each[0]), default=("", ""))
    summary = body(said(entry, "summary"))
    if len(summary) > len(text):  # feedparser gives what is content alone as summary, too
        return summary, is_teaser(summary), language
    return text, is_cut(text), language


def _instant(entry: Mapping[str, Any], key: str) -> datetime | None:
    """A time as feedparser read it, in the zone that it was given in; None for one that no clock showed."""
    parsed = dict.get(entry, key) if isinstance(entry, dict) else None
    if not parsed:
        return None
    try:
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=calendar.timegm(parsed))
        if offset := _OFFSET.search(said(entry, key.removesuffix("_parsed"))):
            east = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
            at = at.astimezone(timezone(east if offset[1] == "+" else -east))
    except (ValueError, OverflowError, TypeError):
        return None
    return at if at >= EARLIEST else None


def _interval(head: Mapping[str, Any]) -> float | None:
    """The longer of `ttl`, in minutes, and `sy:updatePeriod` with `sy:updateFrequency`."""
    ttl = _number(said(head, "ttl")) * 60
    period = _PERIODS.get(said(head, "sy_updateperiod").strip().lower(), 0)
    often = _number(said(head, "sy_updatefrequency")) or 1
    return max(ttl, period / often) or None


def _number(words: str) -> float:
    try:
        number = float(words)
    except ValueError:
        return 0.0
    return number if math.isfinite(number) and number > 0 else 0.0

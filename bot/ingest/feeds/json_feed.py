"""JSON Feed 1.0 and 1.1, https://www.jsonfeed.org/version/1.1/, which feedparser does not read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

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


def json_feed(text: str, url: str) -> Feed:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        raise FeedError("it is JSON so broken that it cannot be read") from None
    if not isinstance(read, dict) or not isinstance(read.get("items"), list):
        raise FeedError("it is JSON, but no JSON Feed")
    title, language = line(said(read, "title")), said(read, "language")
    items = [item for item in read["items"] if isinstance(item, dict)]
    if len(items) > 2 * NEWEST:
        items = items[:NEWEST] + items[-NEWEST:]
    return Feed(
        title=title,
        link=address(said(read, "home_page_url"), url),
        language=language,
        entries=newest([_item(item, url, title, language) for item in items]),
    )


def _item(item: dict[str, Any], url: str, publisher: str, language: str) -> FeedEntry:
    full = max(body(said(item, "content_html")), said(item, "content_text").strip(), key=len)
    summary = body(said(item, "summary"))
    text = full or summary
    guid = item.get("id")
    updated = _stamp(said(item, "date_modified"))
    tags = item.get("tags")
    return FeedEntry(
        guid=str(guid) if isinstance(guid, str | int | float) else "",
        link=address(said(item, "url") or said(item, "external_url"), url),
        title=line(said(item, "title")),
        author=", ".join(islice(_authors(item), 10)),
        published=_stamp(said(item, "date_published")) or updated,
        updated=updated,
        text=text,
        teaser=is_teaser(summary) if not full else is_cut(full),
        language=said(item, "language") or language,
        publisher=publisher,
        categories=tuple(line(tag) for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
    )


def _authors(item: dict[str, Any]) -> Iterator[str]:
    listed = item.get("authors")
    for author in (*(listed if isinstance(listed, list) else ()), item.get("author")):  # `author`: version 1.0
        if isinstance(author, dict) and (name := line(said(author, "name"))):
            yield name


def _stamp(words: str) -> datetime | None:
    """A time of RFC 3339, in the zone that it was given in."""
    try:
        at = datetime.fromisoformat(words.strip())
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return at if at.astimezone(UTC) >= EARLIEST else None
    except (ValueError, OverflowError):
        return None

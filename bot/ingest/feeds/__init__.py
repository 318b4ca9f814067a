"""Feeds -> entries: RSS 0.9x, 1.0 and 2.0, Atom by feedparser, JSON Feed 1.0 and 1.1 here, which it does not read.

What a feed says of itself is believed only as far as it can be true, and nothing in one can be costly: its document
type, where entities are declared, is cut off unread, and of a long feed only the ends are read.
"""

from __future__ import annotations

import re

from bot.errors import FeedError
from bot.ingest.feeds.entries import NEWEST, Feed, FeedEntry
from bot.ingest.feeds.json_feed import json_feed
from bot.ingest.feeds.offered import page
from bot.ingest.feeds.syndicated import xml_feed
from bot.ingest.markup import decoded

__all__ = ["NEWEST", "Feed", "FeedEntry", "parse"]

_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?(?:rss|feed|RDF|channel)(?=[\s>])", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)


def parse(body: bytes, *, url: str, content_type: str = "") -> Feed:
    """The feed in `body`, which came from `url`; raises FeedError. Takes CPU time: not for the event loop."""
    text = decoded(body, content_type).lstrip()
    if not text:
        raise FeedError("it is empty")
    if text[0] in "{[":
        return json_feed(text, url)
    root = _ROOT.search(text)
    html = _HTML.search(text[:4096])
    if html and not (root and root.start() < html.start()):
        return page(text, url)
    if not root:
        raise FeedError("it is no feed: neither RSS, nor Atom, nor JSON Feed")
    return xml_feed(text[root.start() :], url)

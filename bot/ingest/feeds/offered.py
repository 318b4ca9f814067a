"""A page that came instead of a feed: the feeds it links to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from bot.errors import FeedError
from bot.ingest.feeds.entries import Feed, address
from bot.ingest.markup import tree

_FOUND = 10  # feeds a page may offer
_FEED_TYPES = frozenset(
    ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "application/x.atom+xml")
)  # fmt: skip
_FEED_PATH = re.compile(r"(?:/feed/?|/rss/?|/atom/?|\.rss|\.atom|/(?:atom|rss|feed|feeds)\.(?:xml|json)|/index\.rdf)$")


def page(text: str, url: str) -> Feed:
    """The feeds that the page at `url` offers; raises FeedError where it offers none."""
    found = tuple(dict.fromkeys(_linked(text, url)))[:_FOUND]
    if not found:
        raise FeedError("it is a web page, and links to no feed")
    return Feed(link=url, found=found)


def _linked(text: str, url: str) -> Iterable[str]:
    """The feeds that a page links to: those it declares, or else those its links look like."""
    root = tree(text)
    if root is None:
        return ()
    bases = (address(base.get("href", ""), url) for base in root.iter("base"))
    base = next(filter(None, bases), url)
    declared = [
        there
        for link in root.iter("link")
        if "alternate" in link.get("rel", "").lower().split()
        and link.get("type", "").partition(";")[0].strip().lower() in _FEED_TYPES
        and (there := address(link.get("href", ""), base))
    ]
    if declared:
        return declared
    anchors = (address(link.get("href", ""), base) for link in root.iter("a"))
    return [there for there in anchors if there and _FEED_PATH.search(urlsplit(there).path.lower())]

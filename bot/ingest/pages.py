"""Web pages -> the article in them, as published.

trafilatura says which paragraphs are the article; the words are then taken from the page itself, so that what is
stored is what was published to the letter, white space apart. Nothing is fetched here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from bot.errors import FeedError
from bot.ingest.markup import decoded, line, paragraphs, tree

if TYPE_CHECKING:
    from lxml.html import HtmlElement

LARGEST = 2_000_000  # code points of a page that are read
PARTS = 20_000  # elements of a page; trafilatura takes seconds for them, and minutes for ten times as many
MOST = 1000  # paragraphs that are kept
SHORT = 1500  # code points; a text this short may be the lure before a wall
_PAYWALL = re.compile(
    r"(?:subscribe|sign up|log in|sign in|register)\b.{0,40}\b(?:to (?:continue|keep|read)|for (?:full|unlimited) access)"
    r"|(?:this|the) (?:article|story|content) is (?:reserved )?(?:for|available to|exclusive to) (?:\w+ )?subscribers"
    r"|already (?:a subscriber|have an account)\?|(?:subscriber|member)s?[- ]only|\bto read the (?:full|whole|rest)\b"
    r"|réservé (?:à nos|aux) abonnés|nur für abonnenten|weiterlesen mit|solo para suscriptores|per gli abbonati",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"before you continue|we value your privacy|(?:accept|manage|reject) (?:all )?cookies|cookie (?:consent|preferences)"
    r"|your (?:privacy|cookie) choices|we and our \d* ?partners|vos choix .{0,30}cookies|wir (?:verwenden|nutzen) cookies",
    re.IGNORECASE,
)
_CONSENT_HOST = re.compile(r"^(?:consent|guce|privacy-?(?:mgmt|center)?|cookies?)\.", re.IGNORECASE)
_ROBOT = re.compile(
    r"^just a moment|checking your browser|verify (?:that )?you are (?:a )?human|enable javascript and cookies to continue"
    r"|are you a robot|unusual traffic from your",
    re.IGNORECASE,
)
_GAPS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Page:
    """The article of a page, its paragraphs parted by blank lines. `published` as finely as the page says it.

    `wall`: "paywall", "consent page" or "robot check" where that stands before the article or in its place.
    """

    title: str = ""
    text: str = ""
    author: str = ""
    publisher: str = ""
    published: date | datetime | None = None
    canonical: str = ""
    language: str = ""
    wall: str = ""


def extract(body: bytes, *, url: str, content_type: str = "") -> Page:
    """The article in a page that came from `url`; raises FeedError. Takes CPU time: not for the event loop."""
    text = decoded(body, content_type)[:LARGEST]
    if "<" not in text[:20_000]:
        raise FeedError("it is no web page")
    root = tree(text)
    if root is None:
        raise FeedError("the page is empty")
    if sum(1 for _ in islice(root.iter(), PARTS + 1)) > PARTS:
        raise FeedError("the page is made of more parts than an article has")
    facts = _facts(root)
    found = _found(text, url)
    shown = paragraphs(root)
    kept = list(_verbatim(str(found.get("text") or ""), shown))
    if kept and _GAPS.sub("", kept[0]) in {
        _GAPS.sub("", str(head.text_content())) for head in root.iter("h1", "title")
    }:
        del kept[0]  # the title, which is kept apart
    words = "\n\n".join(kept)
    wall = _wall(url, words, shown, free=facts.get("free", ""))
    if not words and not wall:
        raise FeedError("there is no article on the page")
    return Page(
        title=line(facts.get("title") or str(found.get("title") or "")),
        text="" if wall in {"consent page", "robot check"} else words,
        author=line(facts.get("author") or str(found.get("author") or "").replace("; ", ", ")),
        publisher=line(facts.get("publisher") or str(found.get("sitename") or "")),
        published=_published(facts.get("published", ""), str(found.get("date") or "")),
        canonical=_canonical(facts.get("canonical", ""), url),
        language=facts.get("language", ""),
        wall=wall,
    )


def _found(text: str, url: str) -> dict[str, Any]:
    """What trafilatura takes for the article."""
    from lxml import etree
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    try:
        found = bare_extraction(
            text,
            url=url,
            with_metadata=True,
            include_comments=False,
            include_tables=False,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    except (ValueError, TypeError, AttributeError, LookupError, AssertionError, RecursionError, etree.LxmlError):
        return {}  # markup so broken that it falls over it; the walls can still be told
    return found.as_dict() if isinstance(found, Document) else {}


def _verbatim(text: str, shown: list[str]) -> Iterator[str]:
    """The paragraphs of `text` in the page's own words: those of `shown`, or the part of one that it names."""
    squeezed = [(_GAPS.sub("", paragraph), paragraph) for paragraph in shown]
    at = 0
    taken: set[int] = set()
    for raw in text.split("\n", MOST)[:MOST]:
        wanted = _GAPS.sub("", raw.removeprefix("- "))
        if not wanted:
            continue
        # in order from where the last one stood; a title repeated further up is not gone back for
        order = chain(range(at, len(squeezed)), range(at))
        n = next((n for n in order if n not in taken and wanted in squeezed[n][0]), -1)
        if n < 0:
            continue
        at = n
        taken.add(n)
        yield _part(squeezed[n][0], squeezed[n][1], wanted)


def _part(squeezed: str, paragraph: str, wanted: str) -> str:
    """The stretch of `paragraph` that is `wanted`, white space apart."""
    if len(squeezed) == len(wanted):
        return paragraph
    start = squeezed.index(wanted)
    places = [n for n, letter in enumerate(paragraph) if not letter.isspace()]
    return paragraph[places[start] : places[start + len(wanted) - 1] + 1]


# --- what the page says of itself -------------------------------------------------------------------------


def _facts(root: HtmlElement) -> dict[str, str]:
    """Title, author, publisher, published, canonical, language and free, as far as the page declares them."""
    facts: dict[str, str] = {}
    for article in _described(root):
        facts.setdefault("title", _name(article.get("headline")))
        facts.setdefault("author", _name(article.get("author")))
        facts.setdefault("publisher", _name(article.get("publisher")))
        facts.setdefault("published", _name(article.get("datePublished")))
        facts.setdefault("language", _name(article.get("inLanguage")))
        facts.setdefault("free", str(article.get("isAccessibleForFree", "")).lower())
    metas: dict[str, str] = {}
    for meta in root.iter("meta"):
        metas.setdefault((meta.get("property") or meta.get("name") or "").lower(), meta.get("content") or "")
    links = [link.get("href", "") for link in root.iter("link") if "canonical" in link.get("rel", "").lower().split()]
    declared = {
        "title": metas.get("og:title", ""),
        "author": metas.get("author", ""),
        "publisher": metas.get("og:site_name", ""),
        "published": metas.get("article:published_time", ""),
        "language": root.get("lang") or metas.get("og:locale", "").replace("_", "-"),
        "canonical": next(iter(links), "") or metas.get("og:url", ""),
    }
    return {key: facts.get(key) or declared.get(key, "") for key in {*facts, *declared}}


def _described(root: HtmlElement) -> Iterator[dict[str, Any]]:
    """The news articles that the page describes in JSON-LD, https://schema.org/NewsArticle."""
    for script in root.iter("script"):
        if script.get("type", "").partition(";")[0].strip().lower() != "application/ld+json":
            continue
        try:
            read = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        things = read if isinstance(read, list) else [read]
        for thing in things:
            graph = thing.get("@graph") if isinstance(thing, dict) else None
            for each in graph if isinstance(graph, list) else [thing]:
                kinds = each.get("@type") if isinstance(each, dict) else None
                if any(str(kind).endswith(("Article", "Posting")) for kind in (kinds if isinstance(kinds, list) else [kinds])):  # fmt: skip
                    yield each


def _name(said: object) -> str:
    """A name or a value of JSON-LD, which may be a text, a thing with a name, or a list of either."""
    match said:
        case str():
            return said.strip()
        case dict():
            return _name(said.get("name"))
        case list():
            return ", ".join(filter(None, map(_name, said[:10])))
    return ""


def _published(said: str, guessed: str) -> date | datetime | None:
    for words in (said, guessed):
        try:
            if len(words) <= 10:
                return date.fromisoformat(words)
            at = datetime.fromisoformat(words)
            # in the zone that it is given in: the day there is the article's
            return at if at.tzinfo and at.astimezone(UTC) else at.date()
        except (ValueError, OverflowError):
            continue
    return None


def _canonical(said: str, url: str) -> str:
    """The address that the page calls its own, if it lies on the same site: another site's would be a disguise."""
    try:
        found = urljoin(url, said.strip())
        there, here = urlsplit(found), urlsplit(url)
    except ValueError:
        return ""
    same = _site(there.hostname or "") == _site(here.hostname or "")
    front = there.path in {"", "/"} and here.path not in {"", "/"}  # a template's mistake: every page is the front page
    plain = len(found) <= 2000 and found.isprintable() and " " not in found
    return found if said.strip() and there.scheme in {"http", "https"} and same and not front and plain else ""


def _site(host: str) -> str:
    return host.removeprefix("www.").removeprefix("m.").removeprefix("amp.")


def _wall(url: str, words: str, shown: list[str], *, free: str) -> str:
    """What stands between the reader and the article; only where there is too little text to be one."""
    if len(words) >= SHORT:
        return ""
    everything = "\n".join(shown)[:20_000]
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    if _ROBOT.search(everything):
        return "robot check"
    if _CONSENT_HOST.match(host) or (_CONSENT.search(everything) and (len(words) < 300 or _CONSENT.search(words))):
        return "consent page"
    if free == "false" or _PAYWALL.search(everything):
        return "paywall"
    return ""

"""A feed's bytes -> what is to be stored of it; an entry and its page -> an article, analysed. Pure and heavy.

What stands here runs in a process beside the one that answers (see `workers`), and hands back no more than is needed:
of ten thousand entries only those that are to be stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from bot import corpus, ingest
from bot.errors import DatelineError, FeedError, InputError
from bot.ingest.feeds import FeedEntry, parse
from bot.ingest.pages import Page, extract
from bot.model import EVERYONE, Analysis, Article, Published, PublishedBasis, Sighting, When
from bot.polling.recognising import Recognised, recognise, remembered

SHORTEST = 40  # code points of a page's text; less is a menu or a greeting and no article
AT_ONCE = 50  # new entries of one feed stored at a time; the rest come with the next try
STALE = timedelta(days=7)  # an entry older than this is no news, however new it is in its feed
FIRST_YEAR = 1990  # no feed is older than the web; 1970 is a clock that was never set
AHEAD = timedelta(hours=14)  # the first place on Earth to have a day: UTC+14


@dataclass(frozen=True, slots=True)
class Document:
    """What was fetched, and from where."""

    body: bytes
    url: str
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An entry to be stored. `place`: in `Reading.seen`; `name`: its own in its feed; `article`: what it changes."""

    entry: FeedEntry
    place: int
    name: str
    article: int
    background: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A feed as read: what to store of it, oldest first, and what is then seen of it.

    `entries`: how many it holds; `known`: how many of them are stored or were passed over before; `left`: how many
    wait for the next try. `found`: the feeds that a page links to, where it is no feed.
    """

    title: str
    language: str
    interval: float | None
    found: tuple[str, ...]
    entries: int
    known: int
    left: int
    wanted: tuple[Wanted, ...]
    seen: tuple[Sighting, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article ready to be stored, or `note` says why it is none; else `note` is what to know of it.

    `again`: its page could not be read for now, so it is worth another try.
    """

    article: Article | None = None
    analysis: Analysis | None = None
    note: str = ""
    again: bool = False


def read(feed: Document, seen: Sequence[Sighting], now: datetime, *, first: int | None) -> Reading:
    """What is to be stored of a feed; `first`: how many of its newest entries, where it is read for the first time.

    Raises FeedError.
    """
    parsed = parse(feed.body, url=feed.url, content_type=feed.content_type)
    today = now.date()
    told = recognise(parsed.entries, seen, today)
    fresh = [number for number, one in enumerate(told) if not one.known or one.changed]
    fresh.sort(key=lambda number: _newness(told, number, now), reverse=True)
    chosen, left = (fresh[:first], set()) if first is not None else (fresh[:AT_ONCE], set(fresh[AT_ONCE:]))
    kept = [number for number in range(len(told)) if number not in left]
    place = {number: place for place, number in enumerate(kept)}
    return Reading(
        title=parsed.title,
        language=parsed.language,
        interval=parsed.interval,
        found=parsed.found,
        entries=len(told),
        known=len(told) - len(fresh),
        left=len(left),
        wanted=tuple(
            Wanted(
                told[number].entry,
                place[number],
                told[number].name,
                told[number].sighting.article,
                background=first is not None or _is_old(told[number], now),
            )
            for number in reversed(chosen)
        ),
        seen=remembered([told[number].sighting for number in kept], seen, today),
    )


def _newness(told: Sequence[Recognised], number: int, now: datetime) -> tuple[date, int]:
    """By date where the feed has dates, else in its own order, which is newest first by custom."""
    day = believed(told[number].entry, now)
    return day or now.date(), -number


def _is_old(one: Recognised, now: datetime) -> bool:
    """Whether it is no news: dated long ago, or undated and passed over before."""
    day = believed(one.entry, now)
    return now.date() - day > STALE if day else one.known and not one.sighting.article


def is_fresh(entry: FeedEntry, now: datetime) -> bool:
    """Whether it is dated, and not before yesterday."""
    day = believed(entry, now)
    return day is not None and now.date() - day <= timedelta(days=1)


def believed(entry: FeedEntry, now: datetime) -> date | None:
    """The day an entry bears, in its own zone; None where it bears none, or one that cannot be."""
    stamped = entry.published or entry.updated
    return _possible(stamped.date(), now) if stamped else None


def _possible(day: date, now: datetime) -> date | None:
    return day if day.year >= FIRST_YEAR and day <= (now.astimezone(UTC) + AHEAD).date() else None


def prepare(
    wanted: Wanted, page: Document | None, title: str, tenant: str, now: datetime, summarizer: str, language: str = ""
) -> Prepared:
    """The article that an entry becomes, with the text of its page where that holds more than the feed."""
    entry = wanted.entry
    text, found, note = entry.text, Page(), ""
    if page:
        try:
            found = extract(page.body, url=page.url, content_type=page.content_type)
        except FeedError as error:
            note = f"only its teaser, as {_clause(error)}"
        else:
            if found.wall:
                note = f"only its teaser, as its page is a {found.wall}"
                # what a consent page or a robot check says of itself is not of the article
                found = found if found.wall == "paywall" else Page()
            elif len(found.text) > len(text):
                text = found.text
            else:
                note = "only its teaser, as its page holds no more"
    day = believed(entry, now) or (_day(found.published, now) if found.published else None)
    given = Published(When.day(day), PublishedBasis.FEED, _stamp(entry, found)) if day else None
    return article(
        text,
        title=entry.title or found.title,
        author=entry.author or found.author,
        publisher=entry.publisher or found.publisher or title,
        url=found.canonical or entry.link,
        guid=wanted.name,
        language=entry.language or found.language or language,
        published=given,
        tenant=tenant,
        now=now,
        summarizer=summarizer,
        background=wanted.background,
        note=note,
    )


def of_page(page: Document, tenant: str, now: datetime, summarizer: str) -> Prepared:
    """The article that stands on a page by itself."""
    try:
        found = extract(page.body, url=page.url, content_type=page.content_type)
    except FeedError as error:
        return Prepared(note=_clause(error))
    if found.wall:
        return Prepared(note=f"it is a {found.wall}")
    if found.text.strip() and len(found.text) < SHORTEST:
        return Prepared(note="it holds a few words only")
    day = _day(found.published, now) if found.published else None
    return article(
        found.text,
        title=found.title,
        author=found.author,
        publisher=found.publisher,
        url=found.canonical or page.url,
        guid="",
        language=found.language,
        published=Published(When.day(day), PublishedBasis.FEED, str(found.published)) if day else None,
        tenant=tenant,
        now=now,
        summarizer=summarizer,
    )


def article(
    text: str,
    *,
    title: str,
    author: str,
    publisher: str,
    url: str,
    guid: str,
    language: str,
    published: Published | None,
    now: datetime,
    summarizer: str,
    tenant: str = EVERYONE,
    background: bool = False,
    note: str = "",
) -> Prepared:
    """`text` as an article, analysed; undated, it gets the day of `now`, marked as such."""
    if not text.strip():
        return Prepared(note=note or "it has a title but no text")
    try:
        made = ingest.article(
            text, title=title, publisher=publisher, url=url, published=published, tenant=tenant, language=language
        )
    except InputError as error:
        return Prepared(note=f"it {_clause(error)}")
    if made.published.basis in {PublishedBasis.UNKNOWN, PublishedBasis.INFERRED}:
        made = replace(made, published=Published(When.day(now.date()), PublishedBasis.SEEN))
    made = replace(made, author=author or made.author, guid=guid, background=background)
    analysis = corpus.analyse(made, summarizer)
    if not analysis.sentences:
        return Prepared(note="it has no sentence to quote")
    return Prepared(made, analysis, note)


def _day(stamped: date | datetime, now: datetime) -> date | None:
    return _possible(stamped.date() if isinstance(stamped, datetime) else stamped, now)


def _stamp(entry: FeedEntry, page: Page) -> str:
    return str(entry.published or entry.updated or page.published)


def _clause(error: DatelineError) -> str:
    """An error's sentence, to stand within another."""
    said = str(error).rstrip(".")
    return said[:1].lower() + said[1:]

"""Who published an article, where, when and under which title: as it was given, else as the text says, else inferred."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import parsedate_to_datetime

from bot import dates, languages, sentences
from bot.errors import InputError
from bot.ingest.cleaning import clean
from bot.ingest.dateline import AGENCY, DAY, agency, dateline
from bot.ingest.shapes import NAMES
from bot.model import (
    EVERYONE,
    Article,
    Boilerplate,
    MentionBasis,
    Precision,
    Published,
    PublishedBasis,
    Sentence,
    Span,
    When,
    shown,
)

NEAR = timedelta(days=60)  # how far from the window of its content a dateline without a year may lie

LONGEST = 4000  # code points; no sentence is longer
FEW = 50  # words without a full stop are a title and no more

_STOPPED = re.compile(r"[.!?…。！？؟।።။។۔][\"'”’»)\]\s]*\Z")
_DAY = re.compile(DAY, re.IGNORECASE)
_YEAR = re.compile(r"\d{4}")
_ADDRESS = re.compile(r"/(?P<year>(?:19|20)\d\d)[/-]?(?P<month>\d\d)[/-]?(?P<day>\d\d)(?=[/_.-])")
_BY = re.compile(rf"(?i:by|written by|words by|story by)[:\s]\s*({NAMES})")
_AGENCY = re.compile(rf"\W*(?P<known>{AGENCY})\b|(?:source|via|agency)\s?:\s*(?P<named>[^|]+)", re.IGNORECASE)
_IN_BYLINE = re.compile(rf"[,|/·–—-]\s*(?:the\s)?({AGENCY})\s*\Z", re.IGNORECASE)
_HOLDER = re.compile(
    r"(?:©|\([cC]\)|[Cc]opyright)(?:\s?(?:©|\([cC]\)|[Cc]opyright|by|\d{4}))*\s+([A-Z][\w&'’ ]{1,40}?)\s*(?:[.,|]|\Z)"
)


@dataclass(frozen=True, slots=True)
class Described:
    """An article, and what cleaning found in its text."""

    article: Article
    boilerplate: tuple[Boilerplate, ...]
    sentences: tuple[Sentence, ...]


def article(
    text: str,
    *,
    title: str = "",
    publisher: str = "",
    url: str = "",
    published: Published | None = None,
    file: str = "",
    tenant: str = EVERYONE,
    language: str = "",
) -> Article:
    """`text` as an article; what is not given is looked for in the text. `language`: what it is declared to be in.

    Raises `InputError` where nothing in it can be quoted.
    """
    return described(
        text,
        title=title,
        publisher=publisher,
        url=url,
        published=published,
        file=file,
        tenant=tenant,
        language=language,
    ).article


def described(
    text: str,
    *,
    title: str = "",
    publisher: str = "",
    url: str = "",
    published: Published | None = None,
    file: str = "",
    tenant: str = EVERYONE,
    language: str = "",
) -> Described:
    """`article`, with what was found on the way."""
    language = languages.detect(text, language)
    pieces = clean(text, title, language)
    found = sentences.sentences(text, pieces, language)
    quotable = _spans(found)
    _check(text, quotable, titled=bool(title) or language in languages.UNSTOPPED)
    line = next((dateline(text, piece.start, len(text)) for piece in pieces if piece.reason == "dateline"), None)
    made = Article(
        text,
        title=title or next(_said(text, pieces, "title"), ""),
        publisher=publisher or (line.agency if line else "") or _publisher(text, pieces),
        place=line.place if line else "",
        author=next((_author(said) for said in _said(text, pieces, "byline")), ""),
        published=published or _by_address(url) or _published(text, pieces, quotable, language),
        url=url,
        file=file,
        language=language,
        tenant=tenant,
    )
    return Described(made, pieces, found)


def published(text: str, title: str = "") -> Published:
    """The publication date that the text itself gives: stated, inferred from its content, or unknown."""
    pieces = clean(text, title)
    return _published(text, pieces, _spans(sentences.sentences(text, pieces)), "en")


def given(stamp: str) -> Published | None:
    """A record's own date, ISO 8601 or RFC 5322 or prose, as its own local day; None where it is no date."""
    stamp = stamp.strip()
    if not stamp:
        return None
    for read, said in (
        (datetime.fromisoformat, stamp),
        (parsedate_to_datetime, stamp),
        (datetime.fromisoformat, stamp[:10]),
    ):
        try:
            return Published(When.day(read(said).date()), PublishedBasis.FEED, stamp)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    when = dates.calendar(stamp)
    return Published(when, PublishedBasis.FEED, stamp) if when else None


def _spans(found: Sequence[Sentence]) -> list[Span]:
    return [(sentence.start, sentence.end) for sentence in found]


def _check(text: str, quotable: Sequence[Span], *, titled: bool) -> None:
    """Refuse a text without a sentence: a title alone, or words without end."""
    told = [text[start:end] for start, end in quotable]
    if any(len(words) < LONGEST and (titled or _STOPPED.search(words)) for words in told):
        return
    count = sum(len(words.split()) for words in told)
    raise InputError(f"has {count} words and no full stop" if count > FEW else "has a title but no text")


# --- the date ---------------------------------------------------------------------------------------------


def _published(text: str, pieces: Sequence[Boilerplate], quotable: Sequence[Span], language: str) -> Published:
    yearless = ""
    for piece in pieces:
        if piece.reason not in {"dateline", "timestamp"}:
            continue
        said = text[piece.start : piece.end]
        for day in _DAY.findall(said):
            if when := _calendar(day):
                return Published(when, PublishedBasis.STATED, shown(said))
            yearless = yearless or (day if piece.reason == "dateline" else "")
    if not languages.has_dates(language):
        return Published()
    window = dates.window(text, quotable)
    if yearless:
        near = window or _latest_day(text, quotable)
        day_known = _with_year(yearless, near) if near else None
        return Published(day_known, PublishedBasis.INFERRED if day_known else PublishedBasis.UNKNOWN, shown(yearless))
    return Published(window, PublishedBasis.INFERRED) if window else Published()


def _latest_day(text: str, quotable: Sequence[Span]) -> When | None:
    """The latest day that the text names with its year: the news is seldom far from it."""
    named = (mention for mention in dates.mentions(text, None, quotable) if mention.basis is MentionBasis.EXPLICIT)
    return max((m.when for m in named if m.when and m.when.precision is Precision.DAY), default=None)


def _calendar(words: str) -> When | None:
    """The one day that `words` name with its year; None where they leave the year out."""
    if not _YEAR.search(words):
        return None
    when = dates.calendar(shown(words)) or dates.calendar(shown(words).title())
    return when if when and when.precision is Precision.DAY else None


def _with_year(day: str, window: When) -> When | None:
    """The day named without its year that lies in `window`, or nearest to it; None where two years would do."""
    named = [_calendar(f"{day.rstrip('.')}, {year}") for year in range(window.first.year - 1, window.last.year + 2)]
    days = [when for when in named if when]
    inside = [when for when in days if window.first <= when.first <= window.last]
    if inside:
        return inside[0] if len(inside) == 1 else None
    return next((when for when in days if window.first - NEAR <= when.first <= window.last + NEAR), None)


def _by_address(url: str) -> Published | None:
    found = _ADDRESS.search(url)
    if not found:
        return None
    try:
        day = date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None
    return Published(When.day(day), PublishedBasis.FEED, found[0].strip("/"))


# --- names ------------------------------------------------------------------------------------------------


def _said(text: str, pieces: Sequence[Boilerplate], reason: str) -> Iterator[str]:
    return (shown(text[piece.start : piece.end]) for piece in pieces if piece.reason == reason)


def _publisher(text: str, pieces: Sequence[Boilerplate]) -> str:
    for said in _said(text, pieces, "byline"):
        if found := _IN_BYLINE.search(said):
            return agency(found[1])
    for said in (*_said(text, pieces, "timestamp"), *_said(text, pieces, "agency")):
        if found := _AGENCY.match(said):
            return agency((found["named"] or found["known"]).strip())
    for said in _said(text, pieces, "copyright"):
        if found := _HOLDER.match(said):
            return agency(found[1])
    return ""


def _author(byline: str) -> str:
    """The names in a byline: of "By JANE DOE, Reuters" it is "Jane Doe"."""
    found = _BY.match(byline)
    words = found[1].split() if found else []
    return " ".join(word.title() if word.isupper() and "." not in word else word for word in words)

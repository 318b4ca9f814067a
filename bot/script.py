"""The scripting interface: one JSON object a line in, one a line out, in order, without a store or settings.

`dateline sentences | digest | dates | timeline | source --jsonl`. A bad line gets `{"line": n, "error": "…"}` and
the rest goes on. Offsets are code points in the given text, of the raw span; `text` is as shown.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from bot import dates, digest, ingest, languages, sentences, source, timeline
from bot.errors import UserError
from bot.model import Article, Boilerplate, Entry, Mention, Passage, Published, PublishedBasis, Span, When, shown
from bot.ports import Dated
from bot.ranking import Summarizer

log = logging.getLogger("dateline")

Row = dict[str, Any]


class _Wrong(UserError):
    """A line that cannot be answered, and why."""


def run(verb: str, lines: Iterable[str]) -> Iterator[str]:
    """The answer to each line, as a line."""
    answer = VERBS[verb]
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            given = _read(line)
            told = {"id": given.get("id"), **answer(given)}
        except _Wrong as error:
            told = {"line": number, "error": str(error)}
        except Exception as error:
            log.exception("line %d could not be answered", number)
            told = {"line": number, "error": f"could not be answered ({type(error).__name__})"}
        yield json.dumps(told, ensure_ascii=False)


def _read(line: str) -> Row:
    try:
        given = json.loads(line)
    except json.JSONDecodeError as error:
        raise _Wrong(f"not JSON: {error.msg} at column {error.colno}") from None
    except (ValueError, RecursionError):  # a number of thousands of digits, a thousand brackets
        raise _Wrong("not JSON that can be read") from None
    if not isinstance(given, dict):
        raise _Wrong("a line must be one JSON object")
    return given


# --- reading what is given --------------------------------------------------------------------------------


def _get(given: Mapping[str, Any], key: str, kind: type, default: Any = None) -> Any:
    value = given.get(key)
    if value is None:
        if default is None:
            raise _Wrong(f"`{key}` is missing")
        return default
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        names = {str: "text", int: "a whole number", list: "a list", bool: "true or false"}
        raise _Wrong(f"`{key}` must be {names[kind]}")
    return value


def _day(given: Mapping[str, Any], key: str) -> date | None:
    """A day, YYYY-MM-DD; of a moment its day as written."""
    text = _get(given, key, str, "")
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        raise _Wrong(f"`{key}` must be a day such as 2019-02-26") from None


def _article(given: object, number: int) -> Article:
    if isinstance(given, str):
        given = {"text": given}
    if not isinstance(given, dict):
        raise _Wrong("each of `articles` must be text or an object with `text`")
    text = _get(given, "text", str)
    title, publisher = _get(given, "title", str, ""), _get(given, "publisher", str, "")
    day = _day(given, "published")
    published = Published(When.day(day), PublishedBasis.FEED) if day else ingest.published(text, title)
    language = languages.detect(text, _get(given, "language", str, ""))
    return Article(text, title=title, publisher=publisher, published=published, language=language, id=number)


def _entry(article: Article, *, raw: bool) -> Entry:
    boilerplate: Sequence[Boilerplate] = () if raw else ingest.clean(article.text, article.title, article.language)
    return Entry(article, sentences.sentences(article.text, boilerplate, article.language), (), 1)


def _entries(given: Mapping[str, Any]) -> list[Entry]:
    """The articles given, numbered from 0 in their order, as stored ones."""
    raw = _get(given, "raw", bool, default=False)
    articles = _get(given, "articles", list, []) or [_get(given, "text", str)]
    return [_entry(_article(article, number), raw=raw) for number, article in enumerate(articles)]


def _spans(entry: Entry) -> list[Span]:
    return [(sentence.start, sentence.end) for sentence in entry.sentences]


def _told(passage: Passage, entries: Sequence[Entry]) -> Row:
    text = shown(entries[passage.article].article.text[passage.start : passage.end])
    return {"article": passage.article, "start": passage.start, "end": passage.end, "text": text}


# --- verbs ------------------------------------------------------------------------------------------------


def _sentences(given: Row) -> Row:
    text = _get(given, "text", str)
    return {"spans": sentences.split(text, languages.detect(text, _get(given, "language", str, "")))}


def _digest(given: Row) -> Row:
    entries = _entries(given)
    summarizer = _get(given, "summarizer", str, Summarizer.DATELINE.value)
    if summarizer not in set(Summarizer):
        raise _Wrong(f"`summarizer` must be one of {', '.join(Summarizer)}")
    wanted: dict[str, Any] = {"query": _get(given, "query", str, ""), "summarizer": summarizer}
    if "words" in given:
        wanted["words"] = _get(given, "words", int)
    if "sentences" in given:
        wanted["most"] = _get(given, "sentences", int)
    if len(entries) == 1:
        article = entries[0].article
        spans = digest.article(article.text, entries[0].sentences, article.title, language=article.language, **wanted)
        passages = [Passage(0, article.version, *span) for span in spans]
    else:
        passages = list(digest.topic(entries, **wanted))
    return {"passages": [_told(passage, entries) for passage in passages]}


def _dates(given: Row) -> Row:
    article = _article(given, 0)
    published = article.published
    value = {"value": dates.timex(published.when) if published.when else None, "basis": published.basis}
    found = dates.mentions(article.text, published.anchor)
    return {"published": value, "dates": [_mention(one, article.text) for one in found]}


def _mention(one: Mention, text: str) -> Row:
    said = {"start": one.start, "end": one.end, "text": text[one.start : one.end]}
    return {**said, "type": one.type, "value": one.value, "basis": one.basis}


def _timeline(given: Row) -> Row:
    entries = _entries(given)
    since, until, per_date = _day(given, "since"), _day(given, "until"), _get(given, "per_date", int, 1)
    events = timeline.timeline(
        entries,
        dated(entries, since, until),
        _get(given, "query", str, "").split(),
        most=_get(given, "dates", int, 0) or None,
        per_date=per_date,
        since=since,
        until=until,
    )
    return {
        "events": [
            {
                "date": event.when.first.isoformat(),
                "until": event.when.last.isoformat(),
                "precision": event.when.precision,
                "announced": event.announced,
                "passages": [_told(passage, entries) for passage in event.passages[:per_date]],
            }
            for event in events
        ]
    }


def dated(entries: Sequence[Entry], since: date | None = None, until: date | None = None) -> list[Dated]:
    """The dated mentions of `entries` that touch the days asked for, as a store would give them."""
    found = []
    for entry in entries:
        spans = _spans(entry)
        for one in dates.mentions(entry.article.text, entry.article.published.anchor, spans):
            if one.when is None or (since and one.when.last < since) or (until and one.when.first > until):
                continue
            home = next(span for span in spans if span[0] <= one.start and one.end <= span[1])
            found.append(Dated(entry.article.id, entry.article.version, home, one))
    return found


def _source(given: Row) -> Row:
    entries = _entries(given)
    found = source.find(_get(given, "claim", str), entries)
    passages = [_told(passage, entries) for passage in found.passages]
    return {"verdict": found.verdict, "differs": found.differs, "passages": passages}


VERBS: dict[str, Callable[[Row], Row]] = {
    "sentences": _sentences,
    "digest": _digest,
    "dates": _dates,
    "timeline": _timeline,
    "source": _source,
}

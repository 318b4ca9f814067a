"""Nouns to columns and back; lists as compact JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import apsw

from bot.model import Article, Precision, Published, PublishedBasis, Sentence, Span, When

Row = tuple[Any, ...]
Given = Sequence[Any] | Mapping[str, Any]

# What `article_of` reads, of `article` joined with one `version` of it.
ARTICLE = """
    article.id, article.tenant, version.version, version.text, version.title, version.publisher, version.place,
    version.author, version.url, version.file, version.guid, version.language, version.first_day, version.last_day,
    version.precision, version.basis, version.evidence, version.added
"""


def rows(db: apsw.Connection, sql: str, given: Given = ()) -> list[Row]:
    return db.execute(sql, given).fetchall()


def first(db: apsw.Connection, sql: str, given: Given = ()) -> Row | None:
    return db.execute(sql, given).fetchone()


def value(db: apsw.Connection, sql: str, given: Given = ()) -> Any:
    """The first column of the first row; None where there is none."""
    row = db.execute(sql, given).fetchone()
    return row[0] if row else None


def article_of(row: Row) -> Article:
    id_, tenant, version, text, title, publisher, place, author, url, file, guid, language = row[:12]
    first, last, precision, basis, evidence, added = row[12:18]
    return Article(
        text=text,
        title=title,
        published=Published(when_of(first, last, precision), PublishedBasis(basis), evidence),
        publisher=publisher,
        place=place,
        author=author,
        url=url,
        file=file,
        guid=guid,
        language=language,
        tenant=tenant,
        id=id_,
        version=version,
        added=instant(added),
    )


@lru_cache(maxsize=4096)  # news names the same days over and over; a thousand mentions are read at once
def when_of(first: str | None, last: str | None, precision: str | None) -> When | None:
    if first is None or last is None or precision is None:
        return None
    return When(date.fromisoformat(first), date.fromisoformat(last), Precision(precision))


def columns_of(when: When | None) -> tuple[str | None, str | None, str | None]:
    return (when.first.isoformat(), when.last.isoformat(), when.precision.value) if when else (None, None, None)


def stamp(at: datetime) -> str:
    """As long for every instant, so that stamps sort as instants do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def instant(stamped: str) -> datetime:
    return datetime.fromisoformat(stamped)


def dumps(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def loads(text: str) -> Any:
    return json.loads(text)


def flat(places: Sequence[Span]) -> str:
    return dumps([number for place in places for number in place])


def sentences_of(flattened: str) -> tuple[tuple[int, int, int], ...]:
    return tuple(zip(*_thirds(flattened), strict=True))


def sentence_nouns(flattened: str) -> tuple[Sentence, ...]:
    return tuple(map(Sentence, *_thirds(flattened)))


def _thirds(flattened: str) -> tuple[list[int], list[int], list[int]]:
    numbers = json.loads(flattened)
    return numbers[::3], numbers[1::3], numbers[2::3]


def spans_of(flattened: str) -> tuple[Span, ...]:
    numbers = json.loads(flattened)
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def flat_sentences(sentences: Sequence[Sentence]) -> str:
    return dumps([number for each in sentences for number in (each.start, each.end, each.paragraph)])

"""A whole store as rows, to be moved: see `bot.store.moving`."""

# ruff: noqa: S608 - only names of ours are written into SQL; what comes from outside is bound

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

import apsw

from bot.errors import StoreError
from bot.store.rows import BATCH, MOVED, Batch, Row, dumps, when_of
from bot.store.sqlite import index
from bot.store.sqlite.days import length
from bot.store.sqlite.rows import rows, value
from bot.store.words import vocabulary

R = TypeVar("R")

_DERIVED = {"mention": ("length", "tenant")}  # columns that are made from others, and are SQLite's alone


def dump(db: apsw.Connection, take: Callable[[Iterator[Batch]], R]) -> R:
    """What `take` makes of every row of every table in MOVED, in that order, as of one moment."""
    return take(batch for table in MOVED for batch in _batches(db, table))


def load(db: apsw.Connection, batches: Iterable[Batch]) -> int:
    """Fill an empty store with what `dump` gave; returns how many articles it was."""
    if any(rows(db, f"SELECT 1 FROM {table} LIMIT 1") for table in MOVED):
        raise StoreError("The store to move to holds something already; name an empty one.")
    for table, columns, some in batches:
        if table == "mention":
            _load_mentions(db, columns, some)
        else:
            db.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({_marks(columns)})", some)
    for id_, title, text, language in index.plain(db):
        index.put_stems(db, id_, title, text, language)
        words = dumps(sorted(vocabulary(title, text)))
        db.execute("INSERT OR IGNORE INTO word SELECT value FROM json_each(?)", (words,))
    db.execute("INSERT INTO search (search) VALUES ('rebuild')")
    articles: int = value(db, "SELECT count(*) FROM article")
    return articles


def _batches(db: apsw.Connection, table: str) -> Iterator[Batch]:
    derived = _DERIVED.get(table, ())
    columns = tuple(
        name for (name,) in rows(db, "SELECT name FROM pragma_table_info(?)", (table,)) if name not in derived
    )
    found = db.execute(f"SELECT {', '.join(columns)} FROM {table}")
    while some := list(islice(found, BATCH)):
        yield table, columns, some


def _load_mentions(db: apsw.Connection, columns: tuple[str, ...], some: list[Row]) -> None:
    first, last, precision, article = map(columns.index, ("first_day", "last_day", "precision", "article"))
    db.executemany(
        f"""INSERT INTO mention ({", ".join(columns)}, length, tenant)
            VALUES ({_marks(columns)}, ?, (SELECT tenant FROM article WHERE id = ?))""",
        [(*row, _length(row[first], row[last], row[precision]), row[article]) for row in some],
    )


def _marks(columns: tuple[str, ...]) -> str:
    return ", ".join("?" * len(columns))


def _length(first: str, last: str, precision: str) -> int:
    when = when_of(first, last, precision)
    assert when
    return length(when)

"""A whole store as rows, to be moved: see `bot.store.moving`."""

# ruff: noqa: S608 - only names of ours are written into SQL; what comes from outside is bound

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import psycopg

from bot.errors import StoreError
from bot.store.postgres.index import count_words, put_words
from bot.store.postgres.rows import rows, run, value
from bot.store.rows import BATCH, MOVED, Batch, Row
from bot.store.words import vocabulary

R = TypeVar("R")


def dump(db: psycopg.Connection[Row], take: Callable[[Iterator[Batch]], R]) -> R:
    """What `take` makes of every row of every table in MOVED, in that order, as of one moment."""
    run(db, "SET LOCAL idle_in_transaction_session_timeout = 0")  # who takes them may be slower than a call is
    return take(batch for table in MOVED for batch in _batches(db, table))


def load(db: psycopg.Connection[Row], batches: Iterable[Batch]) -> int:
    """Fill an empty store with what `dump` gave; returns how many articles it was."""
    if any(rows(db, f"SELECT 1 FROM {table} LIMIT 1") for table in MOVED):
        raise StoreError("The store to move to holds something already; name an empty one.")
    run(db, "SET LOCAL idle_in_transaction_session_timeout = 0")
    for table, columns, some in batches:
        with db.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in some:
                copy.write_row(row)
    # an index is made three times as fast as it is kept up to date
    index = value(db, "SELECT pg_get_indexdef('search_words'::regclass)")
    run(db, "DROP INDEX search_words")
    # within one transaction, too: each time a row is changed it is looked for among all that it was before
    words: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for id_, tenant, title, text, language in _words(db):
        put_words(db, id_, title, text, language)
        words[tenant].update(vocabulary(title, text))
    for tenant, counted in words.items():
        count_words(db, tenant, counted)
    run(db, index)
    numbered = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema AND is_identity = 'YES'"
    for table, column in rows(db, numbered):
        run(
            db,
            f"""SELECT setval(pg_get_serial_sequence('{table}', '{column}'), coalesce(max({column}), 0) + 1, false)
                FROM {table}""",
        )
    run(db, "ANALYZE")
    articles: int = value(db, "SELECT count(*) FROM article")
    return articles


def _batches(db: psycopg.Connection[Row], table: str) -> Iterator[Batch]:
    with db.cursor(name="moved") as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        columns = tuple(column.name for column in cursor.description or ())
        while some := cursor.fetchmany(BATCH):
            yield table, columns, some


def _words(db: psycopg.Connection[Row]) -> Iterator[Row]:
    with db.cursor(name="words") as cursor:
        cursor.itersize = BATCH
        yield from cursor.execute(
            """SELECT id, tenant, title, text, language FROM article
               JOIN version ON version.article = id AND version.version = article.version WHERE NOT withdrawn"""
        )

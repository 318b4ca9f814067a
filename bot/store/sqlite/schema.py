"""Which library, whose database and which schema it is, and how the schema is brought up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import apsw

from bot.errors import StoreError
from bot.store.sqlite import index

OLDEST = (3, 51, 3)  # before it two connections could damage a WAL file: sqlite.org/wal.html, "The WAL-Reset Bug"
APPLICATION = 0x44415445  # "DATE", in the file's header: sqlite.org/pragma.html#pragma_application_id
MIGRATIONS = tuple(sorted(Path(__file__).parent.glob("[0-9]*.sql")))
STEMMED = 5  # the one from which articles in other languages are found by their stems

READING, WRITING = "BEGIN", "BEGIN IMMEDIATE"


@contextmanager
def transaction(db: apsw.Connection, begin: str) -> Iterator[None]:
    db.execute(begin)
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        # The first error tells more than one of rolling back, and a connection left in a transaction is closed.
        with suppress(apsw.Error):
            if db.in_transaction:
                db.execute("ROLLBACK")
        raise


def check_library(version: str) -> None:
    if tuple(map(int, version.split("."))) < OLDEST:
        raise StoreError(
            f"SQLite {version} can damage a store that two programs use; "
            f"install apsw with SQLite {'.'.join(map(str, OLDEST))} or later: `pip install -U apsw`."
        )


def recognise(db: apsw.Connection, place: str) -> None:
    """Refuse what is not ours, or from the future, before anything is written to it."""
    version, ours = db.pragma("user_version"), db.pragma("application_id") == APPLICATION
    if not ours and (version or db.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()):
        raise StoreError(f"{place} belongs to another program; choose another path.")
    if version > len(MIGRATIONS):
        raise StoreError(
            f"{place} was written by a newer Dateline (schema {version}, this one knows {len(MIGRATIONS)}); "
            "install that one, or choose another path."
        )


def migrate(db: apsw.Connection) -> None:
    """Bring the schema up to date, each step whole or not at all, whoever else is about to do the same."""
    for number, file in enumerate(MIGRATIONS, 1):
        if db.pragma("user_version") >= number:
            continue
        with transaction(db, WRITING):
            if db.pragma("user_version") < number:
                db.execute(file.read_text("utf-8"))
                if number == STEMMED:
                    index.stem_all(db)
                db.pragma("application_id", APPLICATION)
                db.pragma("user_version", number)

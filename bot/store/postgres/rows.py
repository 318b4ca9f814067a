"""Rows of a connection, and what its types are to the rest of the house.

Days and instants travel as the ISO text that `bot.store.rows` reads and writes. PostgreSQL's text holds neither NUL
nor lone surrogates: the one is written in another way and read back, the others are replaced as everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.types.string import StrDumperUnknown, TextLoader

from bot.store.rows import Row
from bot.store.words import storable

Given = Sequence[Any] | Mapping[str, Any]

ESCAPE = "\uffff"  # no character, and never one: Unicode 16.0, section 23.7, "Noncharacters"
_WRITTEN = str.maketrans({"\x00": f"{ESCAPE}0", ESCAPE: f"{ESCAPE}1"})


def rows(db: psycopg.Connection[Row], sql: str, given: Given | None = None) -> list[Row]:
    return run(db, sql, given).fetchall()


def first(db: psycopg.Connection[Row], sql: str, given: Given | None = None) -> Row | None:
    return run(db, sql, given).fetchone()


def value(db: psycopg.Connection[Row], sql: str, given: Given | None = None) -> Any:
    """The first column of the first row; None where there is none."""
    row = run(db, sql, given).fetchone()
    return row[0] if row else None


def run(db: psycopg.Connection[Row], sql: str, given: Given | None = None) -> psycopg.Cursor[Row]:
    return db.execute(sql, given)


def speak(db: psycopg.Connection[Row]) -> None:
    """Have `db` give and take text, days and instants as this module promises."""
    db.adapters.register_dumper(str, _TextDumper)
    db.adapters.register_loader("text", _TextLoader)
    db.adapters.register_loader("date", TextLoader)
    db.adapters.register_loader("timestamptz", _InstantLoader)


class _TextDumper(StrDumperUnknown):
    def dump(self, obj: str) -> Buffer | None:
        text = storable(obj)
        return super().dump(text.translate(_WRITTEN) if "\x00" in text or ESCAPE in text else text)


class _TextLoader(TextLoader):
    def load(self, data: Buffer) -> str:
        text = str(data, "utf-8")
        return text.replace(f"{ESCAPE}0", "\x00").replace(f"{ESCAPE}1", ESCAPE) if ESCAPE in text else text


class _InstantLoader(Loader):
    """What PostgreSQL writes in UTC, "2019-02-26 09:30:00.5+00", as `bot.store.rows.stamp` writes it."""

    def load(self, data: Buffer) -> str:
        seconds, _, fraction = str(data, "ascii").removesuffix("+00").replace(" ", "T").partition(".")
        return f"{seconds}.{fraction:0<6}+00:00"

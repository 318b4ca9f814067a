"""Rows of a connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

import apsw

from bot.store.rows import Row

Given = Sequence[Any] | Mapping[str, Any]


def rows(db: apsw.Connection, sql: str, given: Given = ()) -> list[Row]:
    return db.execute(sql, given).fetchall()


def first(db: apsw.Connection, sql: str, given: Given = ()) -> Row | None:
    with closing(db.execute(sql, given)) as cursor:  # one left open holds its moment for the next who is lent `db`
        return cursor.fetchone()


def value(db: apsw.Connection, sql: str, given: Given = ()) -> Any:
    """The first column of the first row; None where there is none."""
    row = first(db, sql, given)
    return row[0] if row else None

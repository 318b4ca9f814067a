"""Rows of a connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import apsw

from bot.store.rows import Row

Given = Sequence[Any] | Mapping[str, Any]


def rows(db: apsw.Connection, sql: str, given: Given = ()) -> list[Row]:
    return db.execute(sql, given).fetchall()


def first(db: apsw.Connection, sql: str, given: Given = ()) -> Row | None:
    return db.execute(sql, given).fetchone()


def value(db: apsw.Connection, sql: str, given: Given = ()) -> Any:
    """The first column of the first row; None where there is none."""
    row = db.execute(sql, given).fetchone()
    return row[0] if row else None

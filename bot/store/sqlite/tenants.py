"""Guilds and workspaces that the bot was removed from, and letting go of what is theirs."""

# ruff: noqa: S608 - only names of ours are written into SQL; what comes from outside is bound

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import apsw

from bot.store.rows import dumps, stamp
from bot.store.sqlite import articles
from bot.store.sqlite.rows import rows, value
from bot.store.words import storable

# A tenant and what is private in it, whose name goes on after a slash; "0" is the character after "/".
_THEIRS = "(tenant = :tenant OR tenant > :tenant || '/' AND tenant < :tenant || '0')"
_WITH_ARTICLES = ("article", "mention", "name", "story")  # go one article at a time


def tenants(db: apsw.Connection) -> tuple[str, ...]:
    union = " UNION ".join(f"SELECT tenant FROM {table} WHERE tenant <> ''" for table in _tables(db))
    return tuple(tenant for (tenant,) in rows(db, f"{union} ORDER BY 1"))


def depart(db: apsw.Connection, tenants: Collection[str], now: datetime) -> None:
    db.executemany(
        "INSERT OR IGNORE INTO departure VALUES (?, ?)", [(storable(tenant), stamp(now)) for tenant in tenants]
    )


def arrive(db: apsw.Connection, tenants: Collection[str]) -> None:
    db.execute("DELETE FROM departure WHERE tenant IN (SELECT value FROM json_each(?))", (dumps(list(tenants)),))


def clear(db: apsw.Connection, before: datetime) -> tuple[str, ...] | None:
    """Let go of some of it; whose data has gone with that, or None where there was none to go."""
    gone = value(db, "SELECT tenant FROM departure WHERE at < ? ORDER BY at LIMIT 1", (stamp(before),))
    if gone is None:
        return None
    theirs = {"tenant": gone}
    found = rows(db, f"SELECT id FROM article WHERE {_THEIRS} LIMIT {articles.SOME}", theirs)
    articles.remove(db, [id_ for (id_,) in found])
    if found:
        return ()
    for table in _tables(db):
        db.execute(f"DELETE FROM {table} WHERE {_THEIRS}", theirs)
    db.execute("DELETE FROM departure WHERE tenant = :tenant", theirs)
    return (gone,)


def _tables(db: apsw.Connection) -> list[str]:
    """Every table that says whose a row is, apart from those of articles, whose owners `tally` names, too."""
    found = rows(
        db,
        """SELECT sqlite_schema.name FROM sqlite_schema, pragma_table_info(sqlite_schema.name) AS it
           WHERE sqlite_schema.type = 'table' AND it.name = 'tenant' ORDER BY 1""",
    )
    return [name for (name,) in found if name not in (*_WITH_ARTICLES, "departure")]

"""Guilds and workspaces that the bot was removed from, and letting go of what is theirs."""

# ruff: noqa: S608 - only names of ours are written into SQL; what comes from outside is bound

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import psycopg

from bot.store.postgres import articles
from bot.store.postgres.rows import first, rows, run
from bot.store.rows import Row, stamp

# A tenant and what is private in it, whose name goes on after a slash.
_THEIRS = "(tenant = %(tenant)s OR starts_with(tenant, %(tenant)s || '/'))"
_WITH_ARTICLES = ("article", "mention", "name", "search", "story")  # go one article at a time


def tenants(db: psycopg.Connection[Row]) -> tuple[str, ...]:
    union = " UNION ".join(f"SELECT tenant FROM {table} WHERE tenant <> ''" for table in _tables(db))
    return tuple(sorted(tenant for (tenant,) in rows(db, union)))


def depart(db: psycopg.Connection[Row], tenants: Collection[str], now: datetime) -> None:
    run(
        db,
        "INSERT INTO departure SELECT tenant, %s FROM unnest(%s::text[]) AS tenant ON CONFLICT DO NOTHING",
        (stamp(now), list(tenants)),
    )


def arrive(db: psycopg.Connection[Row], tenants: Collection[str]) -> None:
    run(db, "DELETE FROM departure WHERE tenant = ANY(%s::text[])", (list(tenants),))


def clear(db: psycopg.Connection[Row], before: datetime) -> tuple[str, ...] | None:
    """Let go of some of it; whose data has gone with that, or None where there was none to go."""
    gone = first(db, "SELECT tenant FROM departure WHERE at < %s ORDER BY at LIMIT 1", (stamp(before),))
    if gone is None:
        return None
    theirs = {"tenant": gone[0]}
    found = rows(db, f"SELECT id FROM article WHERE {_THEIRS} LIMIT {articles.SOME}", theirs)
    articles.remove(db, [id_ for (id_,) in found])
    if found:
        return ()
    for table in _tables(db):
        run(db, f"DELETE FROM {table} WHERE {_THEIRS}", theirs)
    run(db, "DELETE FROM departure WHERE tenant = %(tenant)s", theirs)
    return gone


def _tables(db: psycopg.Connection[Row]) -> list[str]:
    """Every table that says whose a row is, apart from those of articles, whose owners `tally` names, too."""
    found = rows(
        db,
        """SELECT table_name::text FROM information_schema.columns
           WHERE table_schema = current_schema AND column_name = 'tenant' ORDER BY 1""",
    )
    return [name for (name,) in found if name not in (*_WITH_ARTICLES, "departure")]

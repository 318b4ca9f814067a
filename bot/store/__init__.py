"""Where everything is kept: `open_store(url)` opens it, whatever database stands behind `ports.Store`."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from bot.errors import StoreError
from bot.ports import Store

MEMORY = ":memory:"


def open_store(url: str, *, wait: float = 10.0) -> Store:
    """The store at `url`, made if it is not there, its schema brought up to date.

    `url` is `sqlite:///relative.db`, `sqlite:////absolute.db`, a plain path, `:memory:`, or
    `postgresql://user:password@host:5432/name`. A lock that another process holds is waited for `wait` seconds.
    StoreError says in one sentence why it cannot be opened.
    """
    scheme, separator, rest = url.partition("://")
    if separator and scheme in ("postgresql", "postgres"):
        return _postgres(url, wait)
    if separator and scheme != "sqlite":
        raise StoreError(
            f"No store speaks `{scheme}://`; write `sqlite:///path/to/dateline.db`, a plain path, or "
            "`postgresql://user:password@host:5432/name`."
        )
    path = unquote(rest.removeprefix("/")) if separator else url
    if not path and not separator:
        raise StoreError("The store's address is empty; write `sqlite:///path/to/dateline.db` or a plain path.")
    from bot.store.sqlite import SqliteStore

    return SqliteStore(None if path in ("", MEMORY) else Path(path).expanduser(), wait=wait)


def _postgres(url: str, wait: float) -> Store:
    try:
        from bot.store.postgres import PostgresStore
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "psycopg":
            raise
        raise StoreError("A store in PostgreSQL needs psycopg: `pip install 'dateline[postgres]'`.") from error
    return PostgresStore(url, wait=wait)

"""Where everything is kept: `open_store(url)` opens it, whatever database stands behind `ports.Store`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import unquote

from bot.errors import StoreError
from bot.ports import Store
from bot.store.rows import Batch

R = TypeVar("R")

MEMORY = ":memory:"
POSTGRES = ("postgresql", "postgres")  # libpq takes both: PostgreSQL 15, section 34.1.1.2


class Whole(Store, Protocol):
    """A store that can be moved as a whole, as `moving` does."""

    def dump(self, take: Callable[[Iterator[Batch]], R]) -> R: ...

    def load(self, batches: Iterable[Batch]) -> int: ...


def open_store(url: str, *, wait: float = 10.0) -> Store:
    """The store at `url`, made if it is not there, its schema brought up to date.

    `url` is `sqlite:///relative.db`, `sqlite:////absolute.db`, a plain path, `:memory:`, or
    `postgresql://user:password@host:5432/name`. A lock that another process holds is waited for `wait` seconds.
    StoreError says in one sentence why it cannot be opened.
    """
    return open_whole(url, wait=wait)


def open_whole(url: str, *, wait: float = 10.0) -> Whole:
    if url.partition("://")[0] in POSTGRES:
        return _postgres(url, wait)
    from bot.store.sqlite import SqliteStore

    return SqliteStore(_path(url), wait=wait)


def is_there(url: str) -> bool:
    """Whether opening `url` would find a store, not make a file."""
    return url.partition("://")[0] in POSTGRES or bool((path := _path(url)) and path.is_file())


def _path(url: str) -> Path | None:
    """The file that `url` names; None for memory."""
    scheme, separator, rest = url.partition("://")
    if separator and scheme != "sqlite":
        raise StoreError(
            f"No store speaks `{scheme}://`; write `sqlite:///path/to/dateline.db`, a plain path, or "
            "`postgresql://user:password@host:5432/name`."
        )
    path = unquote(rest.removeprefix("/")) if separator else url
    if not path and not separator:
        raise StoreError("The store's address is empty; write `sqlite:///path/to/dateline.db` or a plain path.")
    return None if path in ("", MEMORY) else Path(path).expanduser()


def _postgres(url: str, wait: float) -> Whole:
    try:
        from bot.store.postgres import PostgresStore
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "psycopg":
            raise
        raise StoreError("A store in PostgreSQL needs psycopg: `pip install 'dateline[postgres]'`.") from error
    return PostgresStore(url, wait=wait)

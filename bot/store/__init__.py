"""Where everything is kept: `open_store(url)` opens it, whatever database stands behind `ports.Store`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
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

    return SqliteStore(path_of(url), wait=wait)


@contextmanager
def served(url: str) -> Iterator[None]:
    """Be the only server of an SQLite file while the context lasts; PostgreSQL and memory need no such thing."""
    path = None if url.partition("://")[0] in POSTGRES else path_of(url)
    if path is None:
        yield
        return
    from bot.store.lock import locked

    with locked(path, "starting another"):
        yield


def place(url: str) -> str:
    """What keeps the store at `url`, and where: a file's whole path, or a server and a database, never a password."""
    if url.partition("://")[0] in POSTGRES:
        from bot.store.postgres.address import Address

        return str(Address(url))
    import apsw

    path = path_of(url)
    return f"SQLite {apsw.sqlite_lib_version()} {f'at {path.absolute()}' if path else 'in memory'}"


def is_there(url: str) -> bool:
    """Whether opening `url` would find a store, not make a file."""
    return url.partition("://")[0] in POSTGRES or bool((path := path_of(url)) and path.is_file())


def path_of(url: str) -> Path | None:
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
        raise StoreError(
            "A store in PostgreSQL needs psycopg; install Dateline with it: `pip install '.[postgres]'`."
        ) from error
    return PostgresStore(url, wait=wait)

"""Where everything is kept: `open_store(url)` opens it, whatever database stands behind `ports.Store`."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from bot.errors import StoreError
from bot.ports import Store

MEMORY = ":memory:"


def open_store(url: str, *, wait: float = 10.0) -> Store:
    """The store at `url`, made if it is not there, its schema brought up to date.

    `url` is `sqlite:///relative.db`, `sqlite:////absolute.db`, a plain path, or `:memory:`. A lock that another
    process holds is waited for `wait` seconds. StoreError says in one sentence why it cannot be opened.
    """
    scheme, separator, rest = url.partition("://")
    if separator and scheme != "sqlite":
        raise StoreError(f"No store speaks `{scheme}://`; write `sqlite:///path/to/dateline.db` or a plain path.")
    path = unquote(rest.removeprefix("/")) if separator else url
    if not path and not separator:
        raise StoreError("The store's address is empty; write `sqlite:///path/to/dateline.db` or a plain path.")
    from bot.store.sqlite import SqliteStore

    return SqliteStore(None if path in ("", MEMORY) else Path(path).expanduser(), wait=wait)

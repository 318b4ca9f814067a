"""An SQLite store into a file and back, each whole or not at all.

The copy is made by SQLite itself (`VACUUM INTO`), which sees one moment however much is written meanwhile; it gets its
name only once it is checked and on the disk.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import apsw

from bot.errors import StoreError, UserError
from bot.store import POSTGRES, open_store, path_of
from bot.store.lock import locked
from bot.store.sqlite.schema import recognise

_BESIDE = ("-wal", "-shm", "-journal")  # files that belong to a database file and mean nothing without it


def backup(url: str, file: Path) -> int:
    """Write what the store at `url` holds now into `file`, while others use it; returns how many bytes.

    An older backup of that name is replaced. StoreError or UserError where it cannot be done; nothing is left then.
    """
    source = _file_of(url, "back it up with `pg_dump --format=custom --schema=dateline --file=FILE` and its address")
    if not source.is_file():
        raise StoreError(f"There is no store {source} to back up.")
    if file.is_dir():
        raise UserError(f"{file} is a folder; name a file, such as {file / 'dateline.backup'}.")
    if file.exists() and file.samefile(source):
        raise UserError(f"{file} is the store itself; name another file.")
    with _replacing(file) as written:
        _copy(source, written, f"The store {source}")
        shutil.copymode(source, written)
        return written.stat().st_size


def restore(url: str, file: Path, now: datetime) -> tuple[int, int]:
    """Put the backup `file` where the store at `url` belongs; returns how many articles and standing orders it holds.

    Nothing may be lost by it: where a store stands that is not empty, or another process serves it, StoreError says
    what to do. Standing orders begin anew at `now`: what was posted since the backup is not posted again.
    """
    target = _file_of(url, "restore it with `pg_restore --dbname=ADDRESS FILE` into an empty database")
    if not file.is_file():
        raise UserError(f"There is no file {file}.")
    with locked(target, "restoring"):
        _refuse_to_lose(target)
        with _replacing(target) as written:
            _copy(file, written, f"The backup {file}")
            with closing(open_store(str(written))) as store:  # brings the schema up to date, too
                orders = store.subscriptions()
                for order in orders:
                    store.subscribe(replace(order, since=max(order.since, now)))
                articles = store.facts().articles
            for ending in _BESIDE:  # the target's are of the empty store that gives way
                for database in (written, target):
                    database.with_name(f"{database.name}{ending}").unlink(missing_ok=True)
        return articles, len([order for order in orders if not order.stopped])


def _file_of(url: str, instead: str) -> Path:
    if url.partition("://")[0] in POSTGRES:
        raise UserError(f"The store is in PostgreSQL: {instead}.")
    path = path_of(url)
    if path is None:
        raise UserError("A store in memory is gone with its process; there is nothing to keep.")
    return path


def _refuse_to_lose(target: Path) -> None:
    if target.exists():
        if not _is_empty(target):
            raise StoreError(
                f"{target} holds something already. To put the backup in its place, move it away with all that "
                f"belongs to it: `mkdir -p {target.parent}/old && mv {target}* {target.parent}/old/`."
            )
        return
    left = [f"{target}{ending}" for ending in _BESIDE if Path(f"{target}{ending}").exists()]
    if left:
        raise StoreError(f"{left[0]} belongs to the store that stood here; move it to where that is now.")


def _is_empty(path: Path) -> bool:
    try:
        with closing(open_store(str(path))) as store:
            return not (store.newest(limit=1) or store.subscriptions() or store.deliveries(limit=1))
    except StoreError:  # damaged or not ours: whatever it is, somebody may want it
        return False


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A new file beside `path` that takes its place when the context ends well, and is gone when it does not."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        raise StoreError(
            f"Nothing can be written into {path.parent} ({error.strerror}); name another place."
        ) from error
    try:
        new = folder / path.name
        yield new
        for place in (new, folder):
            _to_disk(place)
        new.replace(path)
        _to_disk(path.parent)
    except OSError as error:
        raise StoreError(f"{path} cannot be written ({error.strerror}).") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _copy(source: Path, target: Path, named: str) -> None:
    """All of `source` as of one moment, checked on both sides of the way."""
    try:
        with closing(apsw.Connection(str(source), flags=apsw.SQLITE_OPEN_READONLY)) as db:
            db.set_busy_timeout(10_000)
            recognise(db, named)
            db.execute("VACUUM INTO ?", (str(target),))
        with closing(apsw.Connection(str(target))) as db:
            recognise(db, named)
            if db.pragma("user_version") == 0:
                raise StoreError(f"{named} holds nothing of Dateline's; name another file.")
            if (found := db.pragma("integrity_check")) != "ok":
                raise StoreError(f"{named} is damaged ({found}); take an older backup.")
            db.execute("INSERT INTO search (search) VALUES ('integrity-check')")
    except (apsw.FullError, apsw.IOError) as error:
        raise StoreError(f"{named} cannot be copied ({error}); look at the disk.") from error
    except (apsw.CorruptError, apsw.NotADBError, apsw.FormatError) as error:
        raise StoreError(f"{named} is damaged or no database ({error}); take an older backup.") from error
    except (apsw.BusyError, apsw.CantOpenError, apsw.ReadOnlyError, apsw.PermissionsError) as error:
        raise StoreError(f"{named} cannot be read ({error}).") from error

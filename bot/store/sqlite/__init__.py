"""The store in one SQLite file, or in memory.

Each method is a function of a connection, in the modules beside this one, run in one transaction: what writes takes
the write lock first, what reads sees one moment throughout. A pool lends every call a connection of its own, so any
thread may call; memory has a single one and a lock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from threading import RLock, local
from typing import Concatenate, ParamSpec, TypeVar

import apsw

from bot.errors import StoreError
from bot.store.sqlite import articles, channels, days, feeds, finding, links, outbox, tenants, whole
from bot.store.sqlite.schema import READING, WRITING, check_library, migrate, recognise, transaction

P = ParamSpec("P")
R = TypeVar("R")

IDLE = 4  # connections kept for the next call, each with a cache of its own
CACHE, BULK = (
    4_000,
    16_000,
)  # KiB a connection; twice as much answers no sooner, but many articles stored at once need it
LOG = 16_000  # pages in the log before it is folded into the file; a short one folds the same pages again and again

_DAMAGED = "is damaged or no database; restore a backup, or move it away to begin with an empty one"
_SETTINGS = f"""
    PRAGMA foreign_keys = ON;
    PRAGMA synchronous = FULL;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -{CACHE};
    PRAGMA wal_autocheckpoint = {LOG};
    PRAGMA journal_size_limit = {LOG * 4096};
"""


def _reading(work: Callable[Concatenate[apsw.Connection, P], R]) -> Callable[Concatenate[SqliteStore, P], R]:
    def method(self: SqliteStore, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return self._run(READING, work, *args, **kwargs)

    method.__doc__ = work.__doc__
    return method


def _writing(work: Callable[Concatenate[apsw.Connection, P], R]) -> Callable[Concatenate[SqliteStore, P], R]:
    def method(self: SqliteStore, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self._writer:
            return self._run(WRITING, work, *args, **kwargs)

    method.__doc__ = work.__doc__
    return method


class SqliteStore:
    """A `ports.Store`."""

    def __init__(self, path: Path | None, *, wait: float) -> None:
        check_library(apsw.sqlite_lib_version())
        self._path = path
        self._wait = wait
        self._idle: deque[apsw.Connection] = deque()
        self._closed = False
        # One writer at a time also within the process: threads then queue in order and do not poll the file's lock.
        self._writer = RLock()
        self._reader: AbstractContextManager[object] = nullcontext() if path else RLock()
        self._own = local()  # `db`: the connection of a thread that is in `together`
        if path:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(
                    f"The folder {path.parent} cannot be used ({error.strerror}); choose another, "
                    "or let it belong to the user who runs Dateline."
                ) from error
        try:
            db = self._connect()
            recognise(db, self._place)
            if path and db.pragma("journal_mode", "wal") != "wal":
                raise StoreError(f"{self._place} stands on a disk without shared memory; choose a local one.")
            migrate(db)
        except apsw.Error as error:
            raise self._explained(error) from error
        self._idle.append(db)

    add = _writing(articles.add)
    revise = _writing(articles.revise)
    forget = _writing(articles.forget)
    article = _reading(articles.article)
    sentences = _reading(articles.sentences)
    boilerplate = _reading(articles.boilerplate)
    entries = _reading(articles.entries)
    find = _reading(articles.find)
    newest = _reading(articles.newest)
    facts = _reading(articles.facts)
    search = _reading(finding.search)
    names = _reading(finding.names)
    nearest = _reading(finding.nearest)
    sketched = _reading(links.sketched)
    frequencies = _reading(links.frequencies)
    alike = _reading(links.alike)
    stories = _reading(links.stories)
    story = _reading(links.story)
    copies = _reading(links.copies)
    mentions = _reading(days.mentions)
    mentioned = _reading(days.mentioned)
    remember = _writing(channels.remember)
    recall = _reading(channels.recall)
    subscribe = _writing(channels.subscribe)
    subscriptions = _reading(channels.subscriptions)
    claim = _writing(outbox.claim)
    freeze = _writing(outbox.freeze)
    settle = _writing(outbox.settle)
    release = _writing(outbox.release)
    unsettled = _reading(outbox.unsettled)
    deliveries = _reading(outbox.deliveries)
    last_due = _reading(outbox.last_due)
    _prune = _writing(outbox.prune)
    probe = _writing(outbox.probe)
    depart = _writing(tenants.depart)
    arrive = _writing(tenants.arrive)
    _clear = _writing(tenants.clear)
    follow = _writing(feeds.follow)
    unfollow = _writing(feeds.unfollow)
    followed = _reading(feeds.followed)
    feed_facts = _reading(feeds.feed_facts)
    feed_states = _reading(feeds.feed_states)
    take = _writing(feeds.take)
    sightings = _reading(feeds.sightings)
    polled = _writing(feeds.polled)
    tenants = _reading(tenants.tenants)  # last: it takes the module's name
    _expire = _writing(articles.expire)
    dump = _reading(whole.dump)
    load = _writing(whole.load)

    def expire(self, before: datetime) -> int:
        """Forget what was added before `before`, some at a time: nobody else waits long for the write lock."""
        gone = 0
        while some := self._expire(before):
            gone += some
        return gone

    def clear(self, before: datetime) -> tuple[str, ...]:
        """Let go of what belongs to those who departed before `before`, some at a time, as in `expire`."""
        cleared: list[str] = []
        while (gone := self._clear(before)) is not None:
            cleared += gone
        return tuple(cleared)

    def prune(self, answers: datetime, replies: datetime, digests: datetime) -> int:
        """Let go of what nobody asks for any more, some at a time."""
        gone = 0
        while some := self._prune(answers, replies, digests):
            gone += some
        return gone

    @contextmanager
    def together(self) -> Iterator[None]:
        """One transaction for all that this thread does inside; a call that fails is taken back alone."""
        with self._writer, self._reader:
            try:
                db = self._lend()
                try:
                    db.pragma("cache_size", -BULK)
                    with transaction(db, WRITING):
                        self._own.db = db
                        try:
                            yield
                        finally:
                            del self._own.db
                finally:
                    db.pragma("cache_size", -CACHE)
                    self._take_back(db)
            except apsw.Error as error:
                raise self._explained(error) from error

    def close(self) -> None:
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    @property
    def _place(self) -> str:
        return f"The store {self._path}" if self._path else "The store in memory"

    def _run(
        self, begin: str, work: Callable[Concatenate[apsw.Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        try:
            with self._reader:
                if inside := getattr(self._own, "db", None):
                    with inside if begin == WRITING else nullcontext():  # a savepoint
                        return work(inside, *args, **kwargs)
                db = self._lend()
                try:
                    with transaction(db, begin):
                        return work(db, *args, **kwargs)
                finally:
                    self._take_back(db)
        except (apsw.SQLError, ValueError, LookupError) as error:  # on what `migrate` made all of it works
            raise StoreError(f"{self._place} {_DAMAGED}.") from error
        except apsw.Error as error:
            raise self._explained(error) from error

    def _lend(self) -> apsw.Connection:
        if self._closed:
            raise StoreError(f"{self._place} is closed.")
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()

    def _take_back(self, db: apsw.Connection) -> None:
        # where something still reads, the next who is lent it could write nothing: it would be of an old moment
        busy = db.txn_state() != apsw.SQLITE_TXN_NONE if self._path else db.in_transaction
        if self._closed or busy or len(self._idle) >= IDLE:
            db.close()
        else:
            self._idle.append(db)

    def _connect(self) -> apsw.Connection:
        db = apsw.Connection(str(self._path or ":memory:"))
        db.set_busy_timeout(int(self._wait * 1000))
        db.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
        db.config(apsw.SQLITE_DBCONFIG_DQS_DML, 0)
        for _ in db.execute(_SETTINGS):
            pass
        return db

    def _explained(self, error: apsw.Error) -> Exception:
        """What the operator can do about it; the error itself where that is nothing: then it is a fault of ours."""
        match error:
            case apsw.BusyError() | apsw.LockedError() | apsw.ProtocolError():
                why = f"has been locked by another program for {self._wait:g} s; stop that one or try again later"
            case apsw.CorruptError() | apsw.NotADBError() | apsw.FormatError() | apsw.ConstraintError():
                why = _DAMAGED
            case apsw.CantOpenError() | apsw.PermissionsError() | apsw.ReadOnlyError() | apsw.AuthError():
                why = "cannot be written; let it and its folder belong to the user who runs Dateline"
            case apsw.FullError():
                why = "has no room left on its disk; free some"
            case apsw.IOError() | apsw.NoLFSError() | apsw.NoMemError():
                why = f"cannot be read or written ({error}); look at its disk"
            case _:
                return error
        return StoreError(f"{self._place} {why}.")

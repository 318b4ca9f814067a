"""The store in a PostgreSQL database, for any number of replicas.

Each method is a function of a connection, in the modules beside this one, run in one transaction: what reads sees one
moment throughout; what writes articles waits for whoever else does, so that ids become seen in the order of their
numbers and nobody's mark passes one by; the outbox and the channels lock no more than their rows. A pool lends every
call a connection of its own, so any thread may call. What the server closed while it lay idle, restarted or gone
over to another machine, is found out by the first statement of a transaction and replaced. Settings are made and
statements prepared for a connection's life: a pooler between must lend sessions, not transactions.
One file past 300 lines, a third of them the list of what it promises: how a call becomes a transaction is read in one
go.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import datetime
from pathlib import Path
from threading import BoundedSemaphore, local
from typing import Concatenate, ParamSpec, TypeVar

import psycopg

from bot.errors import StoreError
from bot.store.postgres import articles, channels, days, feeds, finding, index, links, outbox, tenants, whole
from bot.store.postgres.address import Address
from bot.store.postgres.rows import rows, run, speak, value
from bot.store.rows import Row

P = ParamSpec("P")
R = TypeVar("R")

OLDEST = 13  # of the servers that have all that is used here
SCHEMA = "dateline"
APPLICATION = 0x44415445  # "DATE": keeps our advisory locks apart from those of others in the database
MIGRATING, FILING = 1, 2
MIGRATIONS = tuple(sorted(Path(__file__).parent.glob("[0-9]*.sql")))
STEMMED = 5  # the one from which articles in other languages are found by their stems
IDLE = 4  # connections kept for the next call
MOST = 12  # connections at once; a server takes 100 of all its clients, as it comes
STALLED = 5.0  # seconds after which the server gives up a transaction whose owner is frozen: less than others wait
FOLLOWS = "can only be read; name the server that is written to, not one that follows it"

READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
WRITING = "BEGIN ISOLATION LEVEL READ COMMITTED"


def _reading(work: Callable[Concatenate[psycopg.Connection[Row], P], R]) -> Callable[Concatenate[PostgresStore, P], R]:
    def method(self: PostgresStore, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self._transaction(READING) as db:
            return work(db, *args, **kwargs)

    method.__doc__ = work.__doc__
    return method


def _writing(work: Callable[Concatenate[psycopg.Connection[Row], P], R]) -> Callable[Concatenate[PostgresStore, P], R]:
    def method(self: PostgresStore, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self._transaction(WRITING) as db:
            return work(db, *args, **kwargs)

    method.__doc__ = work.__doc__
    return method


def _filing(work: Callable[Concatenate[psycopg.Connection[Row], P], R]) -> Callable[Concatenate[PostgresStore, P], R]:
    def method(self: PostgresStore, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self._transaction(WRITING) as db:
            _lock(db, FILING)
            return work(db, *args, **kwargs)

    method.__doc__ = work.__doc__
    return method


class PostgresStore:
    """A `ports.Store`."""

    def __init__(self, url: str, *, wait: float) -> None:
        self._address = Address(url)
        self._wait = wait
        self._idle: deque[psycopg.Connection[Row]] = deque()
        self._room = BoundedSemaphore(MOST)
        self._own = local()  # `db`: the connection of a thread that is in `together`
        self._closed = False
        db = self._connect()
        try:
            self._recognise(db)
            migrate(db)
        except psycopg.Error as error:
            raise self._explained(error) from error
        else:
            self._idle.append(db)
        finally:
            if not self._idle:
                db.close()

    add = _filing(articles.add)
    revise = _filing(articles.revise)
    forget = _filing(articles.forget)
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
    _clear = _filing(tenants.clear)
    follow = _writing(feeds.follow)
    unfollow = _writing(feeds.unfollow)
    followed = _reading(feeds.followed)
    feed_facts = _reading(feeds.feed_facts)
    feed_states = _reading(feeds.feed_states)
    take = _writing(feeds.take)
    sightings = _reading(feeds.sightings)
    polled = _writing(feeds.polled)
    tenants = _reading(tenants.tenants)  # last: it takes the module's name
    _expire = _filing(articles.expire)
    dump = _reading(whole.dump)
    load = _filing(whole.load)

    def expire(self, before: datetime) -> int:
        """Forget what was added before `before`, some at a time: nobody else waits long to write."""
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

    def close(self) -> None:
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """One transaction for all that this thread does inside; a call that fails is taken back alone."""
        with self._transaction(WRITING) as db:
            _lock(db, FILING)
            self._own.db = db
            try:
                yield
            finally:
                del self._own.db

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[psycopg.Connection[Row]]:
        if inside := getattr(self._own, "db", None):
            try:
                with nullcontext() if begin == READING else inside.transaction():  # a savepoint
                    yield inside
            except psycopg.Error as error:
                raise self._explained(error) from error
            return
        if not self._room.acquire(timeout=self._wait):
            raise StoreError(f"{self._address} has been kept busy for {self._wait:g} s by {MOST} calls; try again.")
        try:
            db = self._begun(begin)
            try:
                with _ended(db):
                    yield db
            finally:
                self._take_back(db)
        except psycopg.Error as error:
            raise self._explained(error) from error
        finally:
            self._room.release()

    def _begun(self, begin: str) -> psycopg.Connection[Row]:
        """A connection with its transaction begun."""
        while True:
            if self._closed:
                raise StoreError(f"{self._address} is closed.")
            try:
                db, fresh = self._idle.pop(), False
            except IndexError:
                db, fresh = self._connect(), True
            try:
                run(db, begin)
            except psycopg.Error:
                db.close()
                if fresh:
                    raise
            else:
                return db

    def _take_back(self, db: psycopg.Connection[Row]) -> None:
        idle = db.info.transaction_status is psycopg.pq.TransactionStatus.IDLE
        if self._closed or not idle or len(self._idle) >= IDLE:
            db.close()
        else:
            self._idle.append(db)

    def _connect(self) -> psycopg.Connection[Row]:
        db = self._address.connect(self._wait)
        speak(db)
        try:
            run(
                db,
                f"""SET search_path = {SCHEMA}; SET timezone = 'UTC'; SET datestyle = 'ISO';
                    SET lock_timeout = '{max(self._wait * 1000, 1):.0f}ms';
                    SET idle_in_transaction_session_timeout = '{STALLED * 1000:.0f}ms';
                    SET jit = off""",  # compiling takes longer than any query of ours
            )
        except psycopg.Error as error:
            db.close()
            raise self._explained(error) from error
        return db

    def _recognise(self, db: psycopg.Connection[Row]) -> None:
        """Refuse what cannot serve, is not ours, or is from the future, before anything is written to it."""
        if db.info.server_version < OLDEST * 10_000:
            raise StoreError(f"{self._address} runs version {db.info.server_version // 10_000}; use {OLDEST} or later.")
        if db.info.parameter_status("server_encoding") != "UTF8":
            raise StoreError(
                f"{self._address} cannot hold every letter; create a database with `ENCODING 'UTF8' TEMPLATE template0`."
            )
        if value(db, "SHOW transaction_read_only") == "on":
            raise StoreError(f"{self._address} {FOLLOWS}.")
        version = known(db)
        strange = "SELECT 1 FROM pg_class WHERE relnamespace = to_regnamespace(%s) LIMIT 1"
        if not version and rows(db, strange, (SCHEMA,)):
            raise StoreError(f"{self._address} has a schema `{SCHEMA}` of another program; choose another database.")
        if version > len(MIGRATIONS):
            raise StoreError(
                f"{self._address} was written by a newer Dateline (schema {version}, this one knows "
                f"{len(MIGRATIONS)}); install that one, or choose another database."
            )

    def _explained(self, error: psycopg.Error) -> Exception:
        """What the operator can do about it; the error itself where that is nothing: then it is a fault of ours."""
        match error:
            case psycopg.errors.LockNotAvailable():
                why = f"has been locked by another program for {self._wait:g} s; stop that one or try again later"
            case psycopg.errors.DiskFull():
                why = "has no room left on its disk; free some"
            case psycopg.errors.InsufficientPrivilege():
                why = f"may not be used so by this user; let the schema `{SCHEMA}`, or the database, belong to it"
            case psycopg.errors.ReadOnlySqlTransaction():
                why = FOLLOWS
            case psycopg.errors.DataCorrupted() | psycopg.errors.IndexCorrupted():
                why = "is damaged; restore a backup"
            case (
                psycopg.OperationalError() | psycopg.InterfaceError() | psycopg.errors.IdleInTransactionSessionTimeout()
            ):
                why = f"does not serve ({_first_line(error)}); look at the server"
            case _:
                return error
        return StoreError(f"{self._address} {why}.")


@contextmanager
def _ended(db: psycopg.Connection[Row]) -> Iterator[None]:
    """A transaction that has begun is made good, or taken back."""
    try:
        yield
        run(db, "COMMIT")
    except BaseException:
        # The first error tells more than one of rolling back, and a connection that fails to is not kept.
        with suppress(psycopg.Error):
            run(db, "ROLLBACK")
        raise


def _first_line(error: psycopg.Error) -> str:
    return (error.diag.message_primary or str(error).partition("\n")[0]).strip().rstrip(".")


def _lock(db: psycopg.Connection[Row], what: int) -> None:
    """Be the only one at it until the transaction ends."""
    run(db, "SELECT pg_advisory_xact_lock(%s, %s)", (APPLICATION, what))


def known(db: psycopg.Connection[Row]) -> int:
    """The number of the last migration done; 0 where there is none."""
    # read from the tables of tables: `to_regclass` may answer from before others made it
    found = "SELECT 1 FROM pg_tables WHERE schemaname = %s AND tablename = 'migration'"
    if not rows(db, found, (SCHEMA,)):
        return 0
    number: int = value(db, "SELECT max(number) FROM migration")
    return number


def migrate(db: psycopg.Connection[Row]) -> None:
    """Bring the schema up to date, each step whole or not at all, whoever else is about to do the same."""
    for number, file in enumerate(MIGRATIONS, 1):
        if known(db) >= number:
            continue
        run(db, WRITING)
        with _ended(db):
            _lock(db, MIGRATING)
            if known(db) >= number:
                continue
            if not rows(db, "SELECT 1 FROM pg_namespace WHERE nspname = %s", (SCHEMA,)):
                run(db, f"CREATE SCHEMA {SCHEMA}")
            if number == 1:
                run(db, "CREATE TABLE migration (number integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())")
            run(db, file.read_text("utf-8"))
            if number == STEMMED:
                index.stem_all(db)
            run(db, "INSERT INTO migration (number) VALUES (%s)", (number,))

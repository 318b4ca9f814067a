"""What an operator does besides serving: looking after health, backups, standing orders and feeds.

As in `verbs`, each function is a verb of the command line and returns whether all that was asked was done.
"""

from __future__ import annotations

import argparse
import re
import sys
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.config import Settings
from bot.errors import InputError, UserError
from bot.model import EVERYONE, NOWHERE, Followed, counted
from bot.ports import Request, Store

SPREAD = 0.5  # seconds between the first tries of feeds that are imported together
PATIENCE = 5.0  # seconds that a healthy server needs at most to say so


def doctor(_: argparse.Namespace, settings: Settings) -> bool:
    import asyncio

    from bot.doctor import findings

    async def look() -> bool:
        well = True
        async for finding in findings(settings):
            print(f"{'ok     ' if finding.well else 'MISSING'} {finding.about}: {finding.text}", flush=True)
            well = well and finding.well
        return well

    return asyncio.run(look())


def healthcheck(arguments: argparse.Namespace, settings: Settings) -> bool:
    """Ask the server on this machine; it listens on every address where DATELINE_HTTP says 0.0.0.0 or ::."""
    import http.client

    if settings.http is None:
        raise UserError("DATELINE_HTTP is off, so there is nobody to ask.")
    host, port = settings.http
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  read, not listened on
    try:
        with closing(http.client.HTTPConnection(host, port, timeout=PATIENCE)) as connection:
            connection.request("GET", "/livez" if arguments.live else "/readyz")
            answer = connection.getresponse()
            print(answer.read().decode("utf-8", "replace").strip())
            return answer.status == http.client.OK
    except (OSError, http.client.HTTPException) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        print(f"Nobody answers at {host} port {port} ({why}); does `dateline serve` run here?", file=sys.stderr)
        return False


def backup(arguments: argparse.Namespace, settings: Settings) -> bool:
    from bot.store.backup import backup

    size = backup(settings.database.reveal(), arguments.file)
    print(f"Backed up to {arguments.file}, {size / 1e6:.1f} MB, and checked.")
    return True


def restore(arguments: argparse.Namespace, settings: Settings) -> bool:
    from bot.store.backup import restore

    articles, orders = restore(settings.database.reveal(), arguments.file, datetime.now(UTC))
    held = f"{counted(articles, 'article')} and {counted(orders, 'digest order')}"
    print(f"Restored {held}. Digests go on with their next slots.")
    return True


def export(_: argparse.Namespace, settings: Settings) -> bool:
    from bot.orders import exported
    from bot.store import open_store

    with closing(open_store(settings.database.reveal())) as store:
        for line in exported(store):
            print(line)
    return True


def take_orders(arguments: argparse.Namespace, settings: Settings) -> bool:
    from bot.orders import imported
    from bot.store import open_store

    with ExitStack() as opened:
        lines = sys.stdin
        if arguments.file != Path("-"):
            try:
                lines = opened.enter_context(arguments.file.open(encoding="utf-8"))
            except OSError as error:
                raise UserError(f"{arguments.file} cannot be read ({error.strerror}).") from error
        store = opened.enter_context(closing(open_store(settings.database.reveal())))
        for one, new in imported(store, lines, datetime.now(UTC)):
            print(f"Digest {one.id} {'is ordered' if new else 'was ordered already'}.")
    return True


# --- feeds ------------------------------------------------------------------------------------------------


def feeds(arguments: argparse.Namespace, settings: Settings) -> bool:
    """Those of the operator, which everybody reads: what the commands do, whole lists in and out, polling once."""
    from bot.store import open_store

    with closing(open_store(settings.database.reveal())) as store:
        match arguments.deed or "list":
            case "import":
                return _follow_all(arguments.file, store)
            case "export":
                return _list_all(store)
            case "poll":
                return _poll(store, settings)
            case deed:
                return _command(f"feed {deed} {getattr(arguments, 'feed', '')}".strip(), store, settings)


def _command(text: str, store: Store, settings: Settings) -> bool:
    from bot import commands
    from bot.chat.terminal import render
    from bot.polling.scouting import alone

    now = datetime.now(UTC)
    scout = alone(store, settings, lambda: datetime.now(UTC))
    request = Request(text, NOWHERE, "feeds", trusted=True)
    reply = commands.answer(request, store, now, summarizer=settings.summarizer, scout=scout)
    # in a channel `!feed` is that server's own: here it is to be typed as this was
    print(re.sub(r"!feed(?=\s)", "dateline feeds", render(reply.message, styled=sys.stdout.isatty())))
    return not reply.refused


def _follow_all(file: Path, store: Store) -> bool:
    """Follow every feed of a list; their first tries are spread, so that not all come at once."""
    from bot.ingest.lists import listed

    try:
        wanted = listed(sys.stdin.buffer.read() if file == Path("-") else file.read_bytes())
    except OSError as error:
        raise UserError(f"{file} cannot be read ({error.strerror}).") from error
    except InputError as error:
        raise UserError(f"{file} {error}.") from error
    known = {one.address for one in store.followed(EVERYONE)}
    new = [(address, title) for address, title in wanted if address not in known]
    now = datetime.now(UTC)
    for number, (address, title) in enumerate(new):
        store.follow(Followed(address, now, now + timedelta(seconds=number * SPREAD), title=title))
    if not wanted:
        raise UserError(f"{file} names no feed: write an address a line, without a # in front of it.")
    old = len(wanted) - len(new)
    before = f"; {old} {'was' if old == 1 else 'were'} followed already" if old else ""
    print(f"{counted(len(new), 'feed') if new else 'No new feed'} followed from now on{before}.")
    if new:
        print("They are read while `dateline` or `dateline serve` runs, or with `dateline feeds poll`.")
    return True


def _list_all(store: Store) -> bool:
    from bot.ingest.lists import opml

    sys.stdout.buffer.write(opml([(one.address, one.title) for one in store.followed(EVERYONE)]))
    return True


def _poll(store: Store, settings: Settings) -> bool:
    import asyncio

    from bot.polling.scouting import poller

    async def once() -> int:
        async with poller(store, settings, lambda: datetime.now(UTC)) as opened:
            return await opened.poll_due()

    polled = asyncio.run(once())
    said = f"{counted(polled, 'feed')} polled" if polled else "No feed is due"
    print(f"{said}; `dateline feeds list` shows how they fare.")
    return True

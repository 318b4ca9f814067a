"""What the command line can do; each verb joins the rooms it needs: settings, store, chats and clock.

A verb returns whether all that was asked was done, and imports what it uses itself: asking one question must not pay
for discord.py.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.config import Settings
from bot.errors import SettingsError, UserError
from bot.message import Dot
from bot.ports import Store

FEEDS = "feeds.txt"  # beside the articles that ship: addresses of feeds, no article
SUGGESTED = 25  # topics offered while somebody types; Discord shows no more


def _now() -> datetime:
    return datetime.now(UTC)


def _open(settings: Settings) -> Store:
    from bot.store import open_store

    store = open_store(settings.database.reveal())
    if keep := _keep(settings):
        store.expire(_now() - keep)
    return store


def _keep(settings: Settings) -> timedelta | None:
    return timedelta(days=settings.keep_days) if settings.keep_days else None


def choose(arguments: argparse.Namespace, settings: Settings) -> bool:
    return serve(arguments, settings) if settings.platforms else converse(settings)


def serve(_: argparse.Namespace, settings: Settings) -> bool:
    if not settings.platforms:
        fault = (
            "No platform to serve: set DISCORD_TOKEN, or SLACK_BOT_TOKEN and SLACK_APP_TOKEN, "
            "in the environment or in .env. Without them, `dateline` alone is a terminal."
        )
        raise SettingsError((fault,))
    import asyncio

    from bot import running
    from bot.chat import Spoken, open_chat
    from bot.commands import COMMANDS, MANAGED, SHARED
    from bot.polling.scouting import poller
    from bot.store import served
    from bot.tenants import Register

    with served(settings.database.reveal()), closing(_open(settings)) as store:
        chats = {
            platform: open_chat(
                platform,
                **settings.access(platform),
                spoken=[
                    Spoken(
                        c.name,
                        c.summary,
                        takes_words="[" in c.usage,
                        managed=c.name in MANAGED,
                        shared=c.name in SHARED,
                    )
                    for c in COMMANDS.values()
                ],
                suggest=lambda tenant, typed: [name for name, _ in store.names(tenant, typed, SUGGESTED)],
                register=Register(store, _now),
            )
            for platform in settings.platforms
        }
        keep = _keep(settings)
        work = running.run(
            store,
            chats,
            _now,
            late=settings.late,
            summarizer=settings.summarizer,
            keep=keep,
            resend=settings.unknown == "resend",
            http=settings.http,
            poller=poller(store, settings, _now),
        )
        asyncio.run(running.until_stopped(work))
    return True


def converse(settings: Settings) -> bool:
    """The digest of the newest stories, what fell due meanwhile, then a prompt until the input ends."""
    import asyncio

    from bot import running
    from bot.chat.terminal import HERE, Terminal
    from bot.polling.scouting import poller
    from bot.ports import Request

    with closing(_open(settings)) as store:
        _seed(store, settings)
        terminal = Terminal(sys.stdin, sys.stdout)
        first = Request("digest now", HERE, f"terminal:start:{_now().isoformat()}", trusted=True)
        keep, chats = _keep(settings), {"terminal": terminal}
        work = running.run(
            store,
            chats,
            _now,
            late=settings.late,
            summarizer=settings.summarizer,
            keep=keep,
            opening=[first],
            poller=poller(store, settings, _now),
        )
        asyncio.run(work)
    return True


def _seed(store: Store, settings: Settings) -> None:
    """Load the shipped articles into an empty corpus, so that there is something to ask about.

    Loading that was cut off is taken up again: a corpus of fewer than these, and of nothing else, counts as empty.
    """
    folder = seeds()
    shipped = len([path for path in folder.iterdir() if path.suffix == ".txt" and path.name != FEEDS])
    stored = store.entries(store.newest(limit=shipped))
    if len(stored) < shipped and all(Path(entry.article.file).parent == folder for entry in stored):
        _take_in([folder], store, settings)


def seeds() -> Path:
    """The folder of the articles that ship: beside this file in an installed package, beside `bot/` in a checkout."""
    package = Path(__file__).resolve().parent
    shipped = package / "seeds"
    return shipped if shipped.is_dir() else package.parent / "seeds"


def _take_in(paths: Sequence[Path], store: Store, settings: Settings, *, tell: bool = False) -> bool:
    """Store what stands at `paths`; a line for what failed, and for each if `tell`. Whether all went well."""
    from bot import corpus

    progress = sys.stderr.isatty()
    well = True
    for number, outcome in enumerate(corpus.take_in(paths, store, _now(), summarizer=settings.summarizer), 1):
        if progress:
            print(f"\r\x1b[K{number} read", end="", file=sys.stderr, flush=True)
        if tell or not outcome.added:
            clear = "\r\x1b[K" if progress else ""
            print(f"{clear}{outcome.line}", file=sys.stdout if outcome.added else sys.stderr)
        well = well and outcome.added is not None
    if progress:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    return well


def ask(arguments: argparse.Namespace, settings: Settings) -> bool:
    from bot import commands, picture
    from bot.chat import payloads
    from bot.chat.terminal import HERE, render
    from bot.ports import Answer, Request, channel_of
    from bot.quotation import check

    with closing(_open(settings)) as store:
        if not settings.platforms:
            _seed(store, settings)
        request = Request(" ".join(arguments.command), HERE, "ask", trusted=True)
        scout = None
        if commands.named(request) in commands.FETCHING:
            from bot.polling.scouting import alone

            scout = alone(store, settings, _now)
        reply = commands.answer(request, store, _now(), summarizer=settings.summarizer, scout=scout)
        check(reply.message, reply.citations, store)
        if reply.citations:
            store.remember(Answer(channel_of(HERE), reply.command, reply.citations), _now())
        if arguments.platform:
            print(json.dumps(payloads(arguments.platform, picture.drawn(reply.message)), ensure_ascii=False, indent=2))
        else:
            print(render(reply.message, styled=sys.stdout.isatty()))
    if arguments.picture:
        _save_picture(reply.message.dots, arguments.picture)
    return not reply.refused


def _save_picture(dots: Sequence[Dot], path: Path) -> None:
    from bot import picture

    if not dots:
        raise UserError("This answer has no picture; a `!timeline` of three dated events or more has one.")
    try:
        path.write_bytes(picture.picture(dots).png)
    except OSError as error:
        raise UserError(f"The picture could not be written to {path}: {error.strerror}.") from error


def ingest(arguments: argparse.Namespace, settings: Settings) -> bool:
    with closing(_open(settings)) as store:
        return _take_in(arguments.path, store, settings, tell=True)


def forget(arguments: argparse.Namespace, settings: Settings) -> bool:
    with closing(_open(settings)) as store:
        named: str = arguments.article
        found = (int(named),) if named.isdecimal() else store.find(named)
        articles = [article for id_ in found if (article := store.article(id_)) and not article.withdrawn]
        if not articles:
            raise UserError(
                f"No article is stored as {named}. Write its number, or its web address or file as `!source 1` shows it."
            )
        for article in articles:
            store.forget(article.id)
            print(f"Article {article.id} is withdrawn{': ' + article.title if article.title else ''}.")
    return True


def digest(arguments: argparse.Namespace, settings: Settings) -> bool:
    from bot.chat.terminal import render
    from bot.edition import edition
    from bot.quotation import check

    with closing(_open(settings)) as store:
        if not settings.platforms:
            _seed(store, settings)
        printed = edition(store, _now().date(), words=arguments.about, summarizer=settings.summarizer, background=True)
        check(printed.message, printed.citations, store)
        print(render(printed.message, styled=sys.stdout.isatty()))
    return True


def script(verb: str) -> None:
    """One JSON object a line from standard input, one a line to standard output; no store, no settings."""
    from bot import script

    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # a real stream here
    # a lone surrogate is written as JSON escapes it
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    for line in script.run(verb, sys.stdin):
        print(line)


def deliver(arguments: argparse.Namespace, settings: Settings) -> bool:
    """Only what the terminal ordered: a digest for a platform needs `dateline serve`, which is connected to it."""
    import asyncio

    from bot import schedule
    from bot.chat.terminal import Terminal
    from bot.delivery import Desk

    with closing(_open(settings)) as store:
        desk = Desk(store, {"terminal": Terminal(sys.stdin, sys.stdout)}, _now, settings.summarizer)
        dues = schedule.due(store, _now(), settings.late)
        if not dues:
            print("Nothing is due.", file=sys.stderr)
        for due in dues:
            named = f"Digest {due.subscription.id}, due {due.slot.name} ({due.subscription.schedule.zone})"
            if due.missed:
                print(f"{named}: missed, {due.missed}.", file=sys.stderr)
            elif due.subscription.target.platform != "terminal":
                print(f"{named}: needs `dateline serve`.", file=sys.stderr)
                continue
            elif arguments.dry_run:
                print(f"{named}: would be posted.", file=sys.stderr)
            if not arguments.dry_run:
                asyncio.run(desk.deliver(due))
    return True


def check(_: argparse.Namespace, settings: Settings) -> bool:
    from bot.model import counted
    from bot.store import place

    with closing(_open(settings)) as store:
        facts = store.facts()
        feeds, ailing = store.feed_facts()[:2]
        print("Settings: as they should be.")
        print(f"Platforms: {', '.join(settings.platforms) or 'none, so `dateline` is a terminal'}.")
        print(f"Database: {place(settings.database.reveal())}.")
        print(f"Corpus: {counted(facts.articles, 'article')} in {counted(facts.stories, 'story')}.")
        print(f"Feeds for everyone: {feeds or 'none'} followed{f', {ailing} not readable' if ailing else ''}.")
    return True


def move(arguments: argparse.Namespace, _: Settings) -> bool:
    from bot.model import counted
    from bot.store.moving import move

    articles = move(arguments.source, arguments.target)
    print(f"Copied {counted(articles, 'article')} and all that belongs to them; set DATABASE_URL to the new address.")
    return True

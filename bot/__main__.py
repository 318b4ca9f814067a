"""Joins everything: settings, store, chats and clock; imported by nobody.

`dateline` chooses: with a platform's tokens it serves, without it is the terminal. Exit status: 0 done, 1 something
asked for could not be done, 2 wrong usage or settings, 3 the database cannot serve.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import DatelineError, SettingsError, StoreError, UserError

if TYPE_CHECKING:  # each verb imports what it uses: `--help` must not pay for the rest
    from bot.config import Settings
    from bot.ports import Store

DONE, FAILED, USAGE, DATABASE = 0, 1, 2, 3

Verb = Callable[[argparse.Namespace, "Settings"], int]


def main(argv: Sequence[str] | None = None) -> int:
    arguments = parser().parse_args(argv)
    try:
        if getattr(arguments, "jsonl", False):
            return _script(arguments)
        from bot import log
        from bot.config import Settings

        settings = Settings.load(os.environ, Path(".env"))
        log.start(settings, serving=arguments.verb is _serve or bool(settings.platforms))
        return int(arguments.verb(arguments, settings))
    except SettingsError as error:
        print("\n".join(error.faults), file=sys.stderr)
        return USAGE
    except StoreError as error:
        print(error, file=sys.stderr)
        return DATABASE
    except DatelineError as error:
        print(error, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # whoever read us went away (`dateline ask … | head -1`); nothing is left to tell anybody
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        parser.exit(message=f"dateline {version('dateline')}\n")


_SCRIPTED = {
    "sentences": "find the sentences of each text, JSON lines in and out",
    "digest": "condense each article or topic, JSON lines in and out",
    "dates": "find and resolve the dates of each text, JSON lines in and out",
    "timeline": "build a timeline of each topic, JSON lines in and out",
    "source": "tell whether articles say a claim, JSON lines in and out",
}


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        "dateline",
        description="A news-digest bot for Discord and Slack that quotes and never invents. "
        "Without a command it is a terminal to talk to; with DISCORD_TOKEN or SLACK_BOT_TOKEN set, it serves.",
        epilog="First steps: run `dateline`, then type !summit, !timeline, !source 1 or !help.",
    )
    made.add_argument("--version", action=_Version, nargs=0, help="show the version and end")
    made.set_defaults(verb=_choose)
    verbs = made.add_subparsers(title="commands", metavar="COMMAND")

    def add(name: str, verb: Verb, summary: str) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        sub.set_defaults(verb=verb)
        return sub

    add("serve", _serve, "answer and post digests on Discord and Slack until stopped")
    ask = add("ask", _ask, "answer one command, for example: dateline ask '!summit sanctions'")
    ask.add_argument("command", nargs="+", help="as it would be typed in a channel")
    take = add("ingest", _ingest, "store articles from .txt and .jsonl files and folders of them")
    take.add_argument("path", nargs="+", type=Path, help="a file or folder")
    forget = add("forget", _forget, "withdraw an article; its citations then say so")
    forget.add_argument("article", metavar="ID|ADDRESS", help="its number, web address or file")
    digest = add("digest", _digest, "print the digest of the newest stories; post nothing")
    digest.add_argument("--about", default="", metavar="WORDS", help="only stories about these words")
    deliver = add("deliver", _deliver, "post the digests that are due, once, and end")
    deliver.add_argument("--dry-run", action="store_true", help="only tell what is due")
    for verb, summary in _SCRIPTED.items():
        jsonl = digest if verb == "digest" else add(verb, _script, summary)
        jsonl.set_defaults(script=verb)
        jsonl.add_argument("--jsonl", action="store_true", required=verb != "digest", help=summary)
    add("check", _check, "look over settings and corpus; use no network")
    return made


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


# --- verbs ------------------------------------------------------------------------------------------------


def _choose(arguments: argparse.Namespace, settings: Settings) -> int:
    return _serve(arguments, settings) if settings.platforms else _converse(settings)


def _serve(_: argparse.Namespace, settings: Settings) -> int:
    if not settings.platforms:
        fault = (
            "No platform to serve: set DISCORD_TOKEN, or SLACK_BOT_TOKEN and SLACK_APP_TOKEN, "
            "in the environment or in .env. Without them, `dateline` alone is a terminal."
        )
        raise SettingsError((fault,))
    raise SettingsError(("This version serves the terminal only; unset the tokens.",))


def _converse(settings: Settings) -> int:
    """The digest of the newest stories, what fell due meanwhile, then a prompt until the input ends."""
    import asyncio

    from bot import running
    from bot.chat.terminal import HERE, Terminal
    from bot.ports import Request

    with closing(_open(settings)) as store:
        _seed(store, settings)
        terminal = Terminal(sys.stdin, sys.stdout)
        first = Request("digest now", HERE, f"terminal:start:{_now().isoformat()}", trusted=True)
        asyncio.run(
            running.run(
                store,
                {"terminal": terminal},
                _now,
                late=settings.late,
                summarizer=settings.summarizer,
                keep=_keep(settings),
                opening=[first],
            )
        )
    return DONE


def _seed(store: Store, settings: Settings) -> None:
    """Load the shipped articles into an empty corpus, so that there is something to ask about."""
    from bot import ingest

    if not store.facts().articles:
        _take_in([ingest.seeds()], store, settings)


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


def _ask(arguments: argparse.Namespace, settings: Settings) -> int:
    from bot import commands
    from bot.chat.terminal import HERE, render
    from bot.ports import Answer, Request, channel_of
    from bot.quotation import check

    with closing(_open(settings)) as store:
        if not settings.platforms:
            _seed(store, settings)
        request = Request(" ".join(arguments.command), HERE, "ask", trusted=True)
        reply = commands.answer(request, store, _now(), summarizer=settings.summarizer)
        check(reply.message, reply.citations, store)
        if reply.citations:
            store.remember(Answer(channel_of(HERE), reply.command, reply.citations), _now())
        print(render(reply.message, styled=sys.stdout.isatty()))
    return FAILED if reply.refused else DONE


def _ingest(arguments: argparse.Namespace, settings: Settings) -> int:
    with closing(_open(settings)) as store:
        return DONE if _take_in(arguments.path, store, settings, tell=True) else FAILED


def _forget(arguments: argparse.Namespace, settings: Settings) -> int:
    with closing(_open(settings)) as store:
        named: str = arguments.article
        found = (int(named),) if named.isdecimal() else store.find(named)
        articles = [article for id_ in found if (article := store.article(id_)) and not article.withdrawn]
        if not articles:
            raise UserError(f"No stored article is {named}. `!source` shows an article's address or file.")
        for article in articles:
            store.forget(article.id)
            print(f"Article {article.id} is withdrawn{': ' + article.title if article.title else ''}.")
    return DONE


def _digest(arguments: argparse.Namespace, settings: Settings) -> int:
    from bot.chat.terminal import render
    from bot.edition import edition
    from bot.quotation import check

    with closing(_open(settings)) as store:
        if not settings.platforms:
            _seed(store, settings)
        printed = edition(store, _now().date(), words=arguments.about)
        check(printed.message, printed.citations, store)
        print(render(printed.message, styled=sys.stdout.isatty()))
    return DONE


def _script(arguments: argparse.Namespace, _: Settings | None = None) -> int:
    """One JSON object a line from standard input, one a line to standard output; no store, no settings."""
    from bot import script

    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # a real stream here
    sys.stdout.reconfigure(encoding="utf-8", line_buffering=False)  # type: ignore[union-attr]
    for line in script.run(arguments.script, sys.stdin):
        print(line)
    return DONE


def _deliver(arguments: argparse.Namespace, settings: Settings) -> int:
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
    return DONE


def _check(_: argparse.Namespace, settings: Settings) -> int:
    from bot.model import counted

    with closing(_open(settings)) as store:
        facts = store.facts()
        where = settings.redact(settings.database.reveal())
        served = ", ".join(settings.platforms) or "none: `dateline` is a terminal"
        print(f"Settings: as they should be. Platforms: {served}.")
        print(f"Database: {where}")
        print(f"Corpus: {counted(facts.articles, 'article')} in {counted(facts.stories, 'story')}.")
    return DONE


if __name__ == "__main__":
    raise SystemExit(main())

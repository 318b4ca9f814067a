"""The command line: reads what is asked, hands it to its verb, and turns errors into a sentence and a status.

`dateline` chooses: with a platform's tokens it serves, without it is the terminal. Exit status: 0 done, 1 something
asked for could not be done, 2 wrong usage or settings, 3 the database cannot serve.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from bot.errors import DatelineError, SettingsError, StoreError, TokenError

DONE, FAILED, USAGE, DATABASE = 0, 1, 2, 3
ALIKE = 0.75  # of a misspelt command and the one that was meant; difflib's ratio


def main(argv: Sequence[str] | None = None) -> int:
    made, verbs_known = _parsers()
    typed = list(sys.argv[1:] if argv is None else argv)
    if typed and not typed[0].startswith("-") and typed[0] not in verbs_known:
        print(_unknown(typed[0], verbs_known), file=sys.stderr)
        return USAGE
    arguments = made.parse_args(typed)
    hide: Callable[[str], str] = str
    try:
        from bot import upkeep, verbs  # here, so that `--help` does not pay for the rest

        if getattr(arguments, "jsonl", False):
            verbs.script(arguments.script)
            return DONE
        from bot import log
        from bot.config import Settings

        settings = Settings.load(os.environ, Path(".env"))
        hide = settings.redact
        log.start(settings, serving=bool(settings.platforms) and arguments.verb in {"choose", "serve"})
        well = getattr(upkeep if arguments.upkeep else verbs, arguments.verb)(arguments, settings)
        return DONE if well else FAILED
    except SettingsError as error:
        print("\n".join(error.faults), file=sys.stderr)
        return USAGE
    except StoreError as error:
        print(hide(str(error)), file=sys.stderr)
        return DATABASE
    except DatelineError as error:
        print(hide(str(error)), file=sys.stderr)
        return USAGE if isinstance(error, TokenError) else FAILED
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # whoever read us went away (`dateline ask … | head -1`); nothing is left to tell anybody
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def _unknown(word: str, known: Collection[str]) -> str:
    """What to type instead of `word`, which is no verb: one that is spelt alike, or a command to be asked."""
    from difflib import get_close_matches

    from bot.commands import COMMANDS

    near = "" if word.startswith("!") else "".join(get_close_matches(word, known, 1, ALIKE))
    asked = "".join(get_close_matches(word.strip("!").partition(" ")[0], COMMANDS, 1, ALIKE))
    guess = f"dateline {near}" if near else f"dateline ask '!{asked}'" if asked else ""
    meant = f"Did you mean `{guess}`?" if guess else "To ask something, type for example `dateline ask '!summit'`."
    return f"There is no command “{word}”. {meant} `dateline --help` lists them all."


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


_UPKEEP = {
    "doctor": "find all that is missing to post and to answer, and say what to do; post nothing",
    "healthcheck": "ask the server on this machine whether it is ready",
    "backup": "copy the whole SQLite database into a file, while it is in use, and check the copy",
    "restore": "put a backup where no database stands yet",
    "export": "print the standing orders for digests, one JSON object a line",
    "import": "take in standing orders that export has printed",
}


def parser() -> argparse.ArgumentParser:
    return _parsers()[0]


def _parsers() -> tuple[argparse.ArgumentParser, Collection[str]]:
    """The whole parser, and the names of its verbs."""
    made = argparse.ArgumentParser(
        "dateline",
        description="A news-digest bot for Discord and Slack that quotes and never invents. "
        "Without a command it is a terminal to talk to; with DISCORD_TOKEN or SLACK_BOT_TOKEN set, it serves.",
        epilog="First steps: run `dateline`, then type !summit, !timeline, !source 1 or !help.",
    )
    made.add_argument("--version", action=_Version, nargs=0, help="show the version and end")
    made.set_defaults(verb="choose", upkeep=False)
    verbs = made.add_subparsers(title="commands", metavar="COMMAND")

    def add(name: str, summary: str, verb: str = "") -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        sub.set_defaults(verb=verb or name)
        return sub

    add("serve", "answer and post digests on Discord and Slack until stopped")
    ask = add("ask", "answer one command, for example: dateline ask '!summit sanctions'")
    ask.add_argument("command", nargs="+", help="as it would be typed in a channel")
    ask.add_argument(
        "--as", dest="platform", choices=("discord", "slack"), help="print what would be sent there, as JSON"
    )
    ask.add_argument("--picture", type=Path, metavar="FILE", help="write the picture of a !timeline there, as PNG")
    take = add("ingest", "store articles from .txt and .jsonl files and folders of them")
    take.add_argument("path", nargs="+", type=Path, help="a file or folder")
    forget = add("forget", "withdraw an article; its citations then say so")
    forget.add_argument("article", metavar="NUMBER|ADDRESS|FILE", help="as `ingest` or `!source 1` tells it")
    digest = add("digest", "print the digest of the newest stories; post nothing")
    digest.add_argument("--about", default="", metavar="WORDS", help="only stories about these words")
    deliver = add("deliver", "print the digests that the terminal ordered and that are due, once, and end")
    deliver.add_argument("--dry-run", action="store_true", help="only tell what is due")
    for verb, summary in _SCRIPTED.items():
        jsonl = digest if verb == "digest" else add(verb, summary, "script")
        jsonl.set_defaults(script=verb)
        jsonl.add_argument("--jsonl", action="store_true", required=verb != "digest", help=summary)
    move = add("move", "copy a whole database into an empty one, from SQLite to PostgreSQL or back")
    move.add_argument("source", help="its address, as in DATABASE_URL, or the path of an SQLite file")
    move.add_argument("target", help="the address of an empty database")
    add("check", "look over settings and corpus; use no network")
    for name, summary in _UPKEEP.items():
        keep = add(name, summary, "take_orders" if name == "import" else "")
        keep.set_defaults(upkeep=True)
        if name in {"backup", "restore", "import"}:
            keep.add_argument(
                "file",
                metavar="FILE",
                type=Path,
                help="its path; - is standard input" if name == "import" else "its path",
            )
        if name == "healthcheck":
            keep.add_argument("--live", action="store_true", help="ask only whether it lives, not whether all is well")
    _feeds(add("feeds", "follow, list, check and let go of the feeds that everybody reads"))
    return made, verbs.choices


_DEEDS = {
    "add": "follow a feed",
    "list": "tell which are followed, and how they fare",
    "remove": "let go of a feed; what it brought stays",
    "check": "tell what a feed holds and what would be stored of it",
    "import": "follow every feed of an OPML file, or of a text with an address a line",
    "export": "print them as OPML",
    "poll": "poll those that are due, once, and end",
}


def _feeds(made: argparse.ArgumentParser) -> None:
    made.set_defaults(upkeep=True)
    deeds = made.add_subparsers(title="what to do (without one: list)", metavar="DEED", dest="deed")
    for name, summary in _DEEDS.items():
        deed = deeds.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        match name:
            case "add":
                deed.add_argument("feed", metavar="ADDRESS", help="its address, or that of a page that links to it")
            case "remove" | "check":
                deed.add_argument("feed", metavar="NUMBER|ADDRESS", help="as `dateline feeds list` shows it")
            case "import":
                deed.add_argument("file", metavar="FILE", type=Path, help="its path; - is standard input")


if __name__ == "__main__":
    raise SystemExit(main())

"""What a reader can ask, written once for every platform.

`answer()` takes a Request, the store and the clock, and gives the message to post with its citations; it posts
nothing itself. `Command`s stand in one table, from which dispatch, `!help` and the suggestions follow.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from rapidfuzz.distance import DamerauLevenshtein

from bot import terms
from bot.commands.asking import Asked, Command, Reply, Scout
from bot.commands.briefing import MORE, SUMMIT, TIMELINE
from bot.commands.citing import SOURCE
from bot.commands.feeding import ADD, FEED
from bot.commands.ordering import DIGEST
from bot.commands.telling import STATUS, TOPICS, help_command
from bot.errors import UserError
from bot.message import say
from bot.model import shown
from bot.ports import Request, Store

LONGEST = 500  # characters of a question; a longer one is a paste by mistake
PUBLIC = ("summit", "timeline", "source", "digest")  # known by their names alone, so a near miss is surely meant for us

FETCHING = ("feed", "add")  # may go out to the web
MANAGED = ("digest", *FETCHING)  # for those only who manage the server or workspace
SHARED = ("help", "status", "add")  # most bots have these, too

COMMANDS: dict[str, Command] = {c.name: c for c in (SUMMIT, TIMELINE, SOURCE, DIGEST, FEED, ADD, MORE, TOPICS, STATUS)}
COMMANDS["help"] = help_command(COMMANDS)

_PLAIN = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "\xa0": " "})

__all__ = ["COMMANDS", "Reply", "Scout", "answer", "meant", "named"]


def meant(request: Request) -> bool:
    """Whether `request` is for the bot: addressed to it, one of its commands, or surely one mistyped.

    A command that other bots have, too, must be: asked of the bot, or where it is alone, or about a command of ours.
    """
    name, words = _parsed(request.text)
    if name in SHARED and not (request.addressed or request.alone):
        return name == "help" and _parsed(words)[0] in PUBLIC
    return request.addressed or name in COMMANDS or bool(_near(name, PUBLIC, 1))


def named(request: Request) -> str:
    """The command that `request` calls; "other" where there is none of that name."""
    name, _ = _parsed(request.text)
    return name if name in COMMANDS else "other"


def answer(
    request: Request, store: Store, now: datetime, *, summarizer: str = "dateline", scout: Scout | None = None
) -> Reply:
    """The reply to a request that is `meant` for the bot; a UserError becomes a reply, too."""
    name, words = _parsed(request.text)
    try:
        if name not in COMMANDS:
            raise UserError(_suggestion(name, words))
        if len(words) > LONGEST:
            raise UserError(f"That is {len(words)} characters long; please ask in at most {LONGEST}.")
        return COMMANDS[name].run(Asked(request, words, store, now, summarizer, scout=scout))
    except UserError as error:
        return Reply(say(str(error)), refused=True)


def _parsed(text: str) -> tuple[str, str]:
    """A command line's name and words: case of the name, extra spaces and typographic quotes do not matter."""
    name, _, words = " ".join(shown(text).translate(_PLAIN).split()).lstrip("!/ ").partition(" ")
    return name.casefold(), words


def _near(name: str, known: Iterable[str], most: int) -> str:
    """The command that `name` mistypes by at most `most` letters, or nothing."""
    distance, nearest = min((DamerauLevenshtein.distance(name, one), one) for one in known)
    return nearest if distance <= most and distance < len(nearest) / 2 else ""


def _suggestion(name: str, words: str) -> str:
    """What to say to a command that there is not."""
    if not name:
        return "Type `!help` to see what you can ask."
    if nearest := _near(name, COMMANDS, 2):
        return f"There is no command “{name}”. Did you mean `{f'!{nearest} {words}'.strip()}`?"
    said = f"{name} {words}".strip()
    topic = " ".join(word for word in terms.written(said) if not terms.is_stop(word.lower()))[:80] or said[:80]
    return (
        f"There is no command “{name}”. To ask what is stored about it, type `!summit {topic}`; `!help` lists the rest."
    )

"""What every command takes and gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Protocol
from zoneinfo import ZoneInfo

from bot import dates, terms
from bot.errors import UserError
from bot.message import Block, Bullet, Message, Note, Text
from bot.model import Citation, Entry, Followed, Passage, Target, When, join
from bot.ports import Added, Answer, Query, Request, Store, channel_of
from bot.quotation import Citations, quote


@dataclass(frozen=True, slots=True)
class Reply:
    """A message, what its numbers stand for, and the command that `!more` goes on with (empty: nothing more).

    `refused`: it only says why there is no answer. `ordered`: where digests were just ordered to, so that whoever posts
    there can be asked what is missing.
    """

    message: Message
    citations: tuple[Citation, ...] = ()
    command: str = ""
    refused: bool = False
    ordered: Target | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """What stands at an address: a feed of so many entries, or a page that links to the feeds `found`.

    `background`: how many entries a feed brings when it is followed.
    """

    address: str
    title: str = ""
    entries: int = 0
    background: int = 0
    found: tuple[str, ...] = ()


class Scout(Protocol):
    """Goes out to the web for a command, which waits for it; raises UserError with the reason in words."""

    def look(self, address: str) -> Looked: ...

    def check(self, feed: Followed) -> tuple[str, ...]:
        """What polling it now would do, a line a stage; nothing is stored."""
        ...

    def bring(self, link: str, tenant: str) -> Added:
        """Store the article on a page."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A command's `words`, and all it may look at. `seen`: citations of the answer that this one goes on from.

    `scout` is None where nothing can be fetched.
    """

    request: Request
    words: str
    store: Store
    now: datetime
    summarizer: str = "dateline"
    seen: tuple[Citation, ...] = ()
    scout: Scout | None = None

    @property
    def channel(self) -> str:
        return channel_of(self.request.target)

    @property
    def zone(self) -> str:
        """The zone last used for a digest in this channel, else UTC."""
        return next((one.schedule.zone for one in reversed(self.store.subscriptions(self.channel))), "UTC")

    @property
    def today(self) -> date:
        """The day it is in the channel's zone: what a typed "last week" is read against."""
        return self.now.astimezone(ZoneInfo(self.zone)).date()

    @property
    def tenant(self) -> str:
        return self.request.tenant


@dataclass(frozen=True, slots=True)
class Command:
    """`usage` shows its shape, `summary` is one line, `examples` can be typed as they stand."""

    name: str
    usage: str
    summary: str
    examples: tuple[tuple[str, str], ...]
    run: Callable[[Asked], Reply]


def recalled(asked: Asked) -> Answer | None:
    """The answer replied to, else the last one in this channel or thread, else the one that the thread hangs on."""
    target = asked.request.target
    replied = asked.store.recall(asked.channel, target.reply_to) if target.reply_to else None
    found = replied or asked.store.recall(asked.channel)
    return asked.store.recall(asked.channel, target.thread) if found is None and target.thread else found


READ = 100  # articles of a story that an answer reads, the newest: a story may grow to thousands


def told_in(entry: Entry, passage: Passage, citations: Citations) -> Bullet:
    """A line of an answer: the quotation and its number."""
    return Bullet((quote(entry, passage), Text(" "), citations.cite(passage)))


def _is_acronym(word: str) -> bool:
    """Whether it is "WHO" and not "who"."""
    return len(word) > 1 and word.isupper()


_PHRASE = re.compile(r'"([^"]+)"')


def about(asked: Asked, words: str, limit: int) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """The stored articles that speak of `words`, best first: of all of them, else of any; and what none speaks of."""
    phrases = tuple(_PHRASE.findall(words))
    asked_for = tuple(_PHRASE.sub(" ", words).split())
    if not phrases and all(terms.is_stop(word.lower()) and not _is_acronym(word) for word in asked_for):
        raise UserError(f"“{words}” stands in nearly every article. Ask for a name or a thing; `!topics` lists some.")
    hits = asked.store.search(Query(asked_for, phrases, every=True), asked.tenant, limit)
    unknown: tuple[str, ...] = ()
    if not hits:
        alone = (Query((word,)) for word in asked_for), (Query(phrases=(phrase,)) for phrase in phrases)
        pieces = [(query, (query.words or query.phrases)[0]) for query in chain(*alone)]
        known = [piece for query, piece in pieces if asked.store.search(query, asked.tenant, 1)]
        unknown = tuple(piece for _, piece in pieces if piece not in known and not terms.is_stop(piece.lower()))
        if any(not terms.is_stop(piece.lower()) for piece in known):
            found = tuple(word for word in asked_for if word in known), tuple(p for p in phrases if p in known)
            hits = asked.store.search(Query(*found), asked.tenant, limit)
    if not hits:
        raise UserError(nothing_about(asked, words))
    return asked.store.entries([hit.article for hit in hits], asked.tenant), unknown


def not_told(unknown: Sequence[str]) -> list[Block]:
    """That nothing stored speaks of a part of what was asked."""
    named = [f"“{piece}”" for piece in unknown]
    return [Note((Text(f"Nothing stored mentions {join(named, 'or')}."),))] if named else []


def nothing_about(asked: Asked, words: str) -> str:
    """That nothing stored mentions `words`, and the nearest terms that something does mention."""
    if not asked.store.facts(asked.tenant).articles:
        return "Nothing is stored yet. Articles come in with `dateline ingest` or from feeds."
    if not words:
        return "Of the lead story only its headline is stored. `!topics` lists what else you can ask about."
    near: dict[str, None] = {}
    for word in terms.words(words) or [words]:
        near.update(dict.fromkeys(asked.store.nearest(word, asked.tenant)))
    bare = _PHRASE.sub(r"\1", words)  # it gets quotes of its own
    said = f"Nothing stored mentions “{bare}”."
    if near:
        return f"{said} Did you mean {join([f'“{term}”' for term in list(near)[:3]], 'or')}?"
    return f"{said} `!topics` lists what you can ask about."


_BOUND = re.compile(r"\b(since|from|after|until|till|up to|before)\s+", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:between|from)\s+(.+?)\s+(?:and|to|until|till)\s+(.+)$", re.IGNORECASE)
_DAY = timedelta(days=1)


def limits(words: str, today: date) -> tuple[str, date | None, date | None]:
    """`words` without their time limits, and the first and last day that these allow, both included.

    Reads "… since last week", "… since 2017 until June 2018", "… between May and July 2018", and a bare date at the
    end ("… 2018", "… in June 2018"). `since` and `until` must be followed by a date; the others may be plain words.
    """
    if between := _BETWEEN.search(words):
        first, last = (dates.typed(part, today) for part in between.groups())
        if first and last:
            return words[: between.start()].strip(), min(first.first, last.first), max(first.last, last.last)
    since: date | None = None
    until: date | None = None
    while bound := _last_bound(words, today):
        words = bound[0]
        since, until = bound[1] or since, bound[2] or until
    if since is None and until is None:
        return _trailing(words, today)
    if since and until and since > until:
        raise UserError(f"{dates.show(When.day(since))} lies after {dates.show(When.day(until))}; turn them round.")
    return words, since, until


def _last_bound(words: str, today: date) -> tuple[str, date | None, date | None] | None:
    """The last "since …" or "until …" of `words`: what stands before it, and the first or last day it allows."""
    bounds = list(_BOUND.finditer(words))
    if not bounds:
        return None
    said, typed, before = bounds[-1][1].lower(), words[bounds[-1].end() :].strip(), words[: bounds[-1].start()].strip()
    when = dates.typed(typed, today)
    if when is None:
        if said in {"since", "until"}:
            raise UserError(
                f"I cannot read “{typed}” as a date. Write for example `since 2018`, `until June 12, 2018` "
                "or `since last week`."
            )
        return None
    match said:
        case "since" | "from":
            return before, when.first, None
        case "after":
            return before, when.last + _DAY, None
        case "before":
            return before, None, when.first - _DAY
        case _:
            return before, None, when.last


def _trailing(words: str, today: date) -> tuple[str, date | None, date | None]:
    """A date at the end of `words`, of at most four words, and what stands before it."""
    parts = words.split()
    for start in range(max(0, len(parts) - 4), len(parts)):
        if when := dates.typed(" ".join(parts[start:]), today):
            before: Sequence[str] = parts[:start]
            if before and before[-1].lower() in {"in", "on", "of", "during"}:
                before = before[:-1]
            return " ".join(before), when.first, when.last
    return words, None, None

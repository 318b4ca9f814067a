"""Which entries of a feed are new, changed or known: pure, from what the feed holds and what was seen in it.

Laws: an entry is known again by its guid, else by two of its link, title and words; so what changes its guid, its
date or its title is not posted again, and what shares a link with another is not swallowed. Only where a feed names
no guids, or changes them all, does link and title alone do: else they would take a live page's next entry for the
one before it. Time and memory are linear in entries.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import blake2b

from bot.ingest.feeds import FeedEntry
from bot.model import Sighting

REMEMBERED = timedelta(days=30)  # after it has left its feed: some let an entry go and bring it back
MOST = 2000  # of those remembered

_WORD = re.compile(r"\w+")
_TRACKING = re.compile(r"(?<=[?&])(?:utm_\w+|fbclid|gclid|ref|cmp)=[^&#]*&?|#(?:ref|xtor)=.*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Recognised:
    """An entry, and how it is seen now: with the article stored of it before, if any. `name`: its own in its feed."""

    entry: FeedEntry
    sighting: Sighting
    name: str
    known: bool
    changed: bool


def recognise(entries: Sequence[FeedEntry], seen: Sequence[Sighting], today: date) -> tuple[Recognised, ...]:
    """Each entry once, in the order of the feed; those that say nothing are passed over."""
    once = {_sighting(entry, today): entry for entry in reversed(entries) if entry.title or entry.text or entry.link}
    now = list(reversed(once))
    guids, links = Counter(one.guid for one in now), Counter(one.link for one in now)
    before = _Before(seen)
    matched: dict[int, Sighting] = {}
    for number, one in enumerate(now):
        if one.guid and guids[one.guid] == 1 and (found := before.claim(("guid", one.guid))):
            matched[number] = found
    steady = bool(matched)  # guids that hold from one time to the next tell entries apart, too
    for number, one in enumerate(now):
        if number not in matched:
            lone = not one.guid and links[one.link] == 1
            for key in _likenesses(one, steady=steady and bool(one.guid), lone=lone):
                if found := before.claim(key):
                    matched[number] = found
                    break
    told = []
    for number, one in enumerate(now):
        former = matched.get(number)
        changed = former is not None and bool(one.words) and one.words != former.words
        sighting = replace(one, article=former.article if former else 0)
        name = _name(once[one], one, guids, links)
        told.append(Recognised(once[one], sighting, name, known=former is not None, changed=changed))
    return tuple(told)


def remembered(now: Sequence[Sighting], seen: Sequence[Sighting], today: date) -> tuple[Sighting, ...]:
    """What to keep: all that the feed holds, and what has left it not long ago."""
    kept = {(one.guid, one.link, one.title, one.words) for one in now}
    guids = {one.guid for one in now if one.guid}
    articles = {one.article for one in now if one.article}
    left = [
        one
        for one in seen
        if today - one.day < REMEMBERED
        and (one.guid, one.link, one.title, one.words) not in kept
        and one.guid not in guids
        and one.article not in articles
    ]
    return (*now, *left[:MOST])


class _Before:
    """What was seen before, by all that it can be known again by; each is claimed once."""

    def __init__(self, seen: Sequence[Sighting]) -> None:
        self._by: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        self._seen = seen
        self._claimed: set[int] = set()
        links = Counter(one.link for one in seen)
        for number, one in enumerate(seen):
            if one.guid:
                self._by["guid", one.guid].append(number)
            for key in _likenesses(one, steady=False, lone=links[one.link] == 1):
                self._by[key].append(number)

    def claim(self, key: tuple[str, ...]) -> Sighting | None:
        while (numbers := self._by.get(key)) and numbers[0] in self._claimed:
            numbers.pop(0)
        if not numbers:
            return None
        self._claimed.add(numbers[0])
        return self._seen[numbers[0]]


def _likenesses(one: Sighting, *, steady: bool, lone: bool) -> Iterator[tuple[str, ...]]:
    """Pairs of what an entry may be known again by, surest first."""
    if one.link and one.words:
        yield "link, words", one.link, one.words
    if one.title and one.words:
        yield "title, words", one.title, one.words
    if one.link and one.title and not steady:
        yield "link, title", one.link, one.title
    if one.link and lone:
        yield "link", one.link
    yield "all", one.link, one.title, one.words


def _sighting(entry: FeedEntry, today: date) -> Sighting:
    link = _TRACKING.sub("", entry.link).rstrip("?&")
    return Sighting(_hash(entry.guid), _hash(link), _hash(_folded(entry.title)), _hash(_folded(entry.text)), today)


def _name(entry: FeedEntry, one: Sighting, guids: Counter[str], links: Counter[str]) -> str:
    """What tells an entry from all others of its feed."""
    if one.guid and guids[one.guid] == 1:
        return entry.guid
    if one.link and links[one.link] == 1:
        return entry.link
    return f"{entry.link} {one.title} {one.words}"


def _folded(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _hash(text: str) -> str:
    """64 bits: among 10 000 entries two come out the same once in 10^11 feeds."""
    return blake2b(text.encode(errors="replace"), digest_size=8).hexdigest() if text else ""

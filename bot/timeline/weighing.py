"""Which dates matter: mentions joined into dates, and how much each weighs."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from heapq import heapify, heappop, heappush
from math import log
from typing import NamedTuple

from bot import dates
from bot.model import Article, MentionBasis, Passage, Precision, PublishedBasis, When
from bot.ports import Dated
from bot.timeline.texts import Texts

COARSE = 2.0  # how much less a month or year weighs than a day named as often
THAT_DAY = 0.25  # how much the articles published on a day weigh beside those that name it
LOOSE = 100  # days from which a reference says too little to join on two words
COMPARED = 8  # sentences of a date that a reference is compared with
STAMP, HEADS = 40, 2  # signs beside the date on a line that is only one; such lines that make a chronicle
RUN = 10  # days of a range that is still one event


class Named(NamedTuple):
    """A mention that may make an entry; `relevant`: its sentence holds the words asked for."""

    dated: Dated
    when: When
    published: date | None
    relevant: bool
    passage: Passage


@dataclass(slots=True)
class DatedEvent:
    """A date and who names it."""

    when: When
    fine: bool
    named: list[Named] = field(default_factory=list)
    joined: list[Named] = field(default_factory=list)  # coarser references to it
    otherwise: list[Named] = field(default_factory=list)  # the same event on another day, by other sources
    matter: list[tuple[Passage, set[str]]] = field(default_factory=list)  # what some of its sentences speak of
    apart: bool = False  # coarse, and joined to no day

    @property
    def all(self) -> list[Named]:
        return self.named + self.joined

    @property
    def announced(self) -> bool:
        return all(one.dated.mention.announced for one in self.all)

    @property
    def background(self) -> bool:
        return all(one.dated.mention.background for one in self.all)


def named(texts: Texts, dated: Sequence[Dated], since: date | None, until: date | None) -> list[Named]:
    """What may make an entry: sure, within the limits, and no header.

    A line that is only a date tells when a page was made; where an article has several, each heads what happened then.
    """
    found: list[Named] = []
    lines: list[Named] = []
    for one in dated:
        when = one.mention.when
        if one.article not in texts.entries or when is None or one.mention.confidence < dates.SURE:
            continue
        article, published = texts.entries[one.article].article, texts.published(one.article)
        header = one.mention.basis is MentionBasis.EXPLICIT and when.first == when.last == published
        if header or one.version != article.version or not _within(when, since, until):
            continue
        if article.published.basis is PublishedBasis.INFERRED and _is_counted(one, article):
            continue
        passage = Passage(one.article, one.version, *one.sentence)
        kept = lines if _is_line(one, article.text) else found
        kept.append(Named(one, when, published, texts.holds(one.article, one.sentence), passage))
    heads = Counter(article for article, _ in {(one.dated.article, one.when) for one in lines})
    return [*found, *(one for one in lines if heads[one.dated.article] >= HEADS)]


def _is_counted(one: Dated, article: Article) -> bool:
    """Whether a day is counted from that of its article ("Wednesday", "yesterday"), which is no single one."""
    window, mention = article.published.when, one.mention
    counted = mention.basis is MentionBasis.ARTICLE and mention.when is not None and is_fine(mention.when)
    told = any(sign.isdigit() for sign in article.text[mention.start : mention.end])
    return counted and not told and window is not None and window.first != window.last


_STAMP = re.compile(
    r"(?:\W|\d|_|\b(?:published|updated|posted|modified|created|printed|retrieved|accessed|edition|issue|date|last|first|on|at|by"
    r"|[ap]\.?m|[ecmp][sd]?t|bst|cet|gmt|utc)\b)*",
    re.IGNORECASE,
)


def _is_line(one: Dated, text: str) -> bool:
    """Whether a sentence is only a date, or a time stamp with it."""
    (start, end), mention = one.sentence, one.mention
    if end - start - (mention.end - mention.start) > STAMP:
        return False
    rest = text[start : mention.start], text[mention.end : end]
    return all(_STAMP.fullmatch(part) for part in rest)


def _within(when: When, since: date | None, until: date | None) -> bool:
    """Whether days touch the limits, and months and years lie within them."""
    if since is None and until is None:
        return True
    first, last = (when.last, when.first) if is_fine(when) else (when.first, when.last)
    return not ((since and first < since) or (until and last > until))


def is_fine(when: When) -> bool:
    """Whether `when` is a day, or a few days of one event; a weekend is told of loosely."""
    length = (when.last - when.first).days
    weekend = length == 1 and when.last.weekday() == 6
    return when.precision is Precision.DAY or (when.precision is Precision.RANGE and length < RUN and not weekend)


def chosen(events: Sequence[DatedEvent], texts: Texts, most: int, *, wide: bool, asked: bool) -> list[DatedEvent]:
    """The `most` dates that weigh most, heaviest first, with the references joined to them.

    `asked`: only those with words asked for. Coarse references are compared, which costs most, only where one could be
    shown itself, and with the dates shown.
    """
    days = [event for event in events if event.fine]
    waiting = [(-weight(event, texts, wide=wide), n, event) for n, event in enumerate(events)]
    heapify(waiting)
    found: list[DatedEvent] = []
    while waiting and len(found) < most:
        _, n, heaviest = heappop(waiting)
        if heaviest.fine or heaviest.apart:
            if not asked or any(one.relevant for one in heaviest.named):
                found.append(heaviest)
            continue
        heaviest.named = _not_joined(heaviest.named, days, texts)
        heaviest.apart = True
        if heaviest.named:
            heappush(waiting, (-weight(heaviest, texts, wide=wide), n, heaviest))
    shown = sorted((event for event in found if event.fine), key=_days)
    for _, _, event in waiting:
        if not event.fine and not event.apart and (event.when.last - event.when.first).days < LOOSE:
            _not_joined(event.named, shown, texts)
    return found


def _days(event: DatedEvent) -> tuple[date, date]:
    return event.when.first, event.when.last


def by_days(references: Iterable[Named], texts: Texts) -> list[DatedEvent]:
    """References to the same days together, in order; a day joins a range that it opens."""
    found: dict[When, DatedEvent] = {}
    for one in references:
        event = found.get(one.when)
        if event is None:
            event = found[one.when] = DatedEvent(one.when, is_fine(one.when))
        event.named.append(one)
    for when in [when for when, event in found.items() if event.fine and when.precision is Precision.RANGE]:
        day = found.get(When.day(when.first))
        if day and any(_common(texts, a, b) for a in day.named[:COMPARED] for b in found[when].named[:COMPARED]):
            found[when].joined += found.pop(day.when).named
    return sorted(found.values(), key=_days)


def _not_joined(coarse: Sequence[Named], days: Sequence[DatedEvent], texts: Texts) -> list[Named]:
    """Joins references to the days that they speak of; returns the others."""
    left = []
    for one in coarse:
        first = bisect_left(days, one.when.first, key=lambda event: event.when.first)
        last = bisect_right(days, one.when.last, key=lambda event: event.when.first)
        home = _home(one, days[first:last], texts)
        if home:
            home.joined.append(one)
        else:
            left.append(one)
    return left


def _home(one: Named, within: Sequence[DatedEvent], texts: Texts) -> DatedEvent | None:
    """Of the dates within `one` that which speaks of the same: two stems in common, three for a whole year."""
    length = (one.when.last - one.when.first).days
    if length > 366 or not within:
        return None
    best, most, mine = None, 1 if length < LOOSE else 2, texts.matter(one.passage)
    for event in within:
        event.matter = event.matter or [(o.passage, texts.matter(o.passage)) for o in event.named[:COMPARED]]
        for passage, matter in event.matter:
            common = len(mine & matter)
            if common > most and passage != one.passage and event.when.last <= one.when.last:
                best, most = event, common
    return best


def _common(texts: Texts, one: Named, other: Named) -> int:
    return len(texts.matter(one.passage) & texts.matter(other.passage)) if one.passage != other.passage else 0


def weight(found: DatedEvent, texts: Texts, *, wide: bool) -> float:
    """log-mix: articles that name it, of them published more than 2 and more than 7 days after; and a little those of it.

    Among articles about much else, log-mix-relevant: the sentences with the words asked for, and half of what is later.
    A month or year, which everything is later than, by its articles alone.
    """
    named = [one for one in found.named if one.relevant] if wide else found.named
    first = log(1 + (len(named) if wide else len({one.dated.article for one in named})))
    if not found.fine:
        return first - COARSE
    after = [(one.dated.article, (one.published - found.when.last).days) for one in named if one.published]
    later = [len({article for article, by in after if by > days}) for days in (2, 7)]
    still = (0.5 if wide else 1) * sum(log(1 + count) for count in later)
    return first + still + THAT_DAY * log(1 + len(texts.published_on(found.when.first)))

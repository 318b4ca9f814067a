"""Which dates matter: mentions joined into dates, and how much each weighs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from math import log

from bot import dates, terms
from bot.model import Entry, Passage, Precision, PublishedBasis, When
from bot.ports import Dated

COARSE = 2.0  # how much less a month or year weighs than a day named as often
RUN = 10  # days of a range that is still one event


@dataclass(frozen=True, slots=True)
class Named:
    """A mention that may make an entry; `relevant`: its sentence holds the words asked for."""

    dated: Dated
    when: When
    published: date | None
    relevant: bool

    @property
    def passage(self) -> Passage:
        return Passage(self.dated.article, self.dated.version, *self.dated.sentence)


@dataclass(slots=True)
class DatedEvent:
    """A date and who names it."""

    when: When
    named: list[Named] = field(default_factory=list)
    joined: list[Named] = field(default_factory=list)  # coarser references to it

    @property
    def all(self) -> list[Named]:
        return self.named + self.joined

    @property
    def background(self) -> bool:
        return all(one.dated.mention.background for one in self.all)


class Texts:
    """Articles by id, copies left out, and the stems of their sentences, worked out once."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        told: dict[int, Entry] = {}  # of articles that copy one another the first
        for entry in entries:
            told.setdefault(entry.copy_of or entry.article.id, entry)
        self.entries = {entry.article.id: entry for entry in told.values()}
        self._stems: dict[Passage, Counter[str]] = {}

    def words(self, passage: Passage) -> str:
        return self.entries[passage.article].article.text[passage.start : passage.end]

    def stems(self, passage: Passage) -> Counter[str]:
        if passage not in self._stems:
            self._stems[passage] = Counter(terms.stems(self.words(passage)))
        return self._stems[passage]

    def published(self, id: int) -> date | None:
        """The day of publication where it is known, not inferred."""
        published = self.entries[id].article.published
        sure = published.basis in {PublishedBasis.STATED, PublishedBasis.FEED}
        return published.when.first if sure and published.when and published.when.first == published.when.last else None


def named(
    texts: Texts, dated: Sequence[Dated], words: Sequence[str], since: date | None, until: date | None
) -> list[Named]:
    query = {stem for word in words for stem in terms.stems(word)}
    found = []
    for one in dated:
        when, entry = one.mention.when, texts.entries.get(one.article)
        if entry is None or one.version != entry.article.version or when is None or one.mention.confidence < dates.SURE:
            continue
        if not _within(when, since, until):
            continue
        sentence = entry.article.text[slice(*one.sentence)].lower()
        relevant = any(stem in sentence for stem in query)
        found.append(Named(one, when, texts.published(one.article), relevant))
    return found


def _within(when: When, since: date | None, until: date | None) -> bool:
    """Whether days touch the limits, and months and years lie within them."""
    first, last = (when.last, when.first) if is_fine(when) else (when.first, when.last)
    return not ((since and first < since) or (until and last > until))


def is_fine(when: When) -> bool:
    """Whether `when` is a day, or a few days of one event."""
    run = when.precision is Precision.RANGE and (when.last - when.first).days < RUN
    return run or when.precision is Precision.DAY


def joined(references: Iterable[Named], texts: Texts) -> list[DatedEvent]:
    """References joined: to the same days, to the first of them, and coarse ones to the days they speak of."""
    fine: dict[When, DatedEvent] = {}
    coarse: list[Named] = []
    for one in references:
        if is_fine(one.when):
            fine.setdefault(one.when, DatedEvent(one.when)).named.append(one)
        else:
            coarse.append(one)
    for when in [w for w in fine if w.precision is Precision.RANGE]:
        for day in [w for w in fine if w.precision is Precision.DAY and w.first == when.first]:
            if any(_common(texts, a, b) for a in fine[day].named for b in fine[when].named):
                fine[when].joined += fine.pop(day).named
    found = sorted(fine.values(), key=lambda d: d.when)
    left: dict[When, DatedEvent] = {}
    for one in coarse:
        home = _home(one, found, texts)
        if home:
            home.joined.append(one)
        else:
            left.setdefault(one.when, DatedEvent(one.when)).named.append(one)
    return [*found, *left.values()]


def _home(one: Named, found: Sequence[DatedEvent], texts: Texts) -> DatedEvent | None:
    """The date within `one` that speaks of the same: two content stems in common."""
    best, most = None, 1
    for candidate in found:
        if one.when.first <= candidate.when.first and candidate.when.last <= one.when.last:
            common = max(_common(texts, one, other) for other in candidate.named[:20])
            if common > most:
                best, most = candidate, common
    return best


def _common(texts: Texts, one: Named, other: Named) -> int:
    if one.passage == other.passage:
        return 0
    return len((texts.stems(one.passage).keys() & texts.stems(other.passage).keys()) - _calendar_stems())


@cache
def _calendar_stems() -> frozenset[str]:
    names = "January February March April May June July August September October November December"
    days = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec"
    return frozenset(terms.stems(f"{names} {days} last next year month week day {' '.join(map(str, range(32)))}"))


def weight(found: DatedEvent, *, wide: bool) -> float:
    """log-mix: articles that name it, of them published more than 2 and more than 7 days after.

    Among articles about much else, log-mix-relevant: the sentences with the words asked for, and half of what is later.
    """
    named = [one for one in found.named if one.relevant] if wide else found.named
    later = [len({one.dated.article for one in named if _days_after(one, found) > days}) for days in (2, 7)]
    first = len(named) if wide else len({one.dated.article for one in named})
    weight = log(1 + first) + (0.5 if wide else 1) * sum(log(1 + count) for count in later)
    return weight - (0 if is_fine(found.when) else COARSE)


def _days_after(one: Named, found: DatedEvent) -> int:
    return (one.published - found.when.last).days if one.published else 0

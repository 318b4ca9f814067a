"""Which dates matter: mentions joined into dates, and how much each weighs."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from math import log

from bot import dates, terms
from bot.model import Entry, MentionBasis, Passage, Precision, PublishedBasis, Span, When
from bot.ports import Dated

COARSE = 2.0  # how much less a month or year weighs than a day named as often
THAT_DAY = 0.25  # how much the articles published on a day weigh beside those that name it
LOOSE = 100  # days from which a reference says too little to join on two words
COMPARED = 8  # sentences of a date that a reference is compared with
PER_WORD, SLACK = 1500, 300  # characters that one of the words asked for makes the article about; and those of a title
RUN = 10  # days of a range that is still one event


@dataclass(frozen=True, slots=True)
class Named:
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
    named: list[Named] = field(default_factory=list)
    joined: list[Named] = field(default_factory=list)  # coarser references to it
    matter: list[tuple[Passage, frozenset[str]]] = field(default_factory=list)  # what some of its sentences speak of

    @property
    def all(self) -> list[Named]:
        return self.named + self.joined

    @property
    def announced(self) -> bool:
        return all(one.dated.mention.announced for one in self.all)

    @property
    def background(self) -> bool:
        return all(one.dated.mention.background for one in self.all)


class Texts:
    """Articles about the words asked for, copies left out, and the stems of their sentences, worked out once."""

    def __init__(self, entries: Sequence[Entry], dated: Sequence[Dated], words: Sequence[str]) -> None:
        self._relevant: dict[tuple[int, Span], bool] = {}
        self._stems: dict[Passage, Counter[str]] = {}
        self._matter: dict[Passage, frozenset[str]] = {}
        # as words begin: the stem of "inventory" is "inventori"
        self.query = {stem.removesuffix("i") for word in words for stem in terms.stems(word)}
        told: dict[int, Entry] = {}  # of articles that copy one another the first
        for entry in entries:
            told.setdefault(entry.copy_of or entry.article.id, entry)
        self.entries = {entry.article.id: entry for entry in told.values()}
        if self.query:
            about = {one.article for one in dated if one.article in self.entries and self.is_relevant(one)}
            about |= {number for number, entry in self.entries.items() if _is_about(entry, self.query)}
            self.entries = {n: entry for n, entry in self.entries.items() if n in about} or self.entries

    def is_relevant(self, one: Dated) -> bool:
        """Whether a dated sentence holds one of the words asked for."""
        place = one.article, one.sentence
        if place not in self._relevant:
            sentence = self.entries[one.article].article.text[slice(*one.sentence)].lower()
            self._relevant[place] = any(stem in sentence for stem in self.query)
        return self._relevant[place]

    def words(self, passage: Passage) -> str:
        return self.entries[passage.article].article.text[passage.start : passage.end]

    def after(self, passage: Passage) -> Passage | None:
        """The sentence that follows, if the article has one."""
        entry = self.entries[passage.article]
        at = bisect_right(entry.sentences, passage.start, key=lambda one: one.start)
        following = entry.sentences[at : at + 1]
        return next((Passage(passage.article, passage.version, one.start, one.end) for one in following), None)

    def stems(self, passage: Passage) -> Counter[str]:
        if passage not in self._stems:
            self._stems[passage] = Counter(terms.stems(self.words(passage)))
        return self._stems[passage]

    def matter(self, passage: Passage) -> frozenset[str]:
        """The stems of a sentence without those of dates."""
        if passage not in self._matter:
            self._matter[passage] = frozenset(self.stems(passage)) - _calendar_stems()
        return self._matter[passage]

    def published(self, id: int) -> date | None:
        """The day of publication where it is known, not inferred."""
        published = self.entries[id].article.published
        sure = published.basis in {PublishedBasis.STATED, PublishedBasis.FEED}
        return published.when.first if sure and published.when and published.when.first == published.when.last else None


def _is_about(entry: Entry, query: Collection[str]) -> bool:
    """Whether an article speaks of the words asked for again and again."""
    text = f"{entry.article.title} {entry.article.text}".lower()
    return sum(text.count(stem) for stem in query) * PER_WORD >= len(text) + SLACK


def named(texts: Texts, dated: Sequence[Dated], since: date | None, until: date | None) -> list[Named]:
    """What may make an entry: sure, within the limits, and no header."""
    found = []
    for one in dated:
        when = one.mention.when
        if one.article not in texts.entries or when is None or one.mention.confidence < dates.SURE:
            continue
        article, published = texts.entries[one.article].article, texts.published(one.article)
        header = one.mention.basis is MentionBasis.EXPLICIT and when == (published and When.day(published))
        if header or one.version != article.version or not _within(when, since, until):
            continue
        passage = Passage(one.article, one.version, *one.sentence)
        found.append(Named(one, when, published, texts.is_relevant(one), passage))
    return found


def _within(when: When, since: date | None, until: date | None) -> bool:
    """Whether days touch the limits, and months and years lie within them."""
    first, last = (when.last, when.first) if is_fine(when) else (when.first, when.last)
    return not ((since and first < since) or (until and last > until))


def is_fine(when: When) -> bool:
    """Whether `when` is a day, or a few days of one event; a weekend is told of loosely."""
    length = (when.last - when.first).days
    weekend = length == 1 and when.last.weekday() == 6
    return when.precision is Precision.DAY or (when.precision is Precision.RANGE and length < RUN and not weekend)


def joined(references: Iterable[Named], texts: Texts) -> list[DatedEvent]:
    """References joined: to the same days, to the first of them, and coarse ones to the days they speak of."""
    fine: dict[When, DatedEvent] = {}
    coarse: list[Named] = []
    for one in references:
        if is_fine(one.when):
            fine.setdefault(one.when, DatedEvent(one.when)).named.append(one)
        else:
            coarse.append(one)
    for when in [when for when in fine if when.precision is Precision.RANGE]:
        day = fine.get(When.day(when.first))
        if day and any(_common(texts, a, b) for a in day.named[:COMPARED] for b in fine[when].named[:COMPARED]):
            fine[when].joined += fine.pop(day.when).named
    found = sorted(fine.values(), key=lambda event: event.when)
    firsts = [event.when.first for event in found]
    left: dict[When, DatedEvent] = {}
    for one in coarse:
        within = found[bisect_left(firsts, one.when.first) : bisect_right(firsts, one.when.last)]
        home = _home(one, within, texts)
        if home:
            home.joined.append(one)
        else:
            left.setdefault(one.when, DatedEvent(one.when)).named.append(one)
    return [*found, *left.values()]


def _home(one: Named, within: Sequence[DatedEvent], texts: Texts) -> DatedEvent | None:
    """Of the dates within `one` that which speaks of the same: two stems in common, three for a whole year."""
    length = (one.when.last - one.when.first).days
    if length > 366:
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


@cache
def _calendar_stems() -> frozenset[str]:
    names = "January February March April May June July August September October November December"
    days = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec"
    return frozenset(terms.stems(f"{names} {days} last next year month week day {' '.join(map(str, range(32)))}"))


def weight(found: DatedEvent, published: Mapping[date, int], *, wide: bool) -> float:
    """log-mix: articles that name it, of them published more than 2 and more than 7 days after; and a little `published`.

    Among articles about much else, log-mix-relevant: the sentences with the words asked for, and half of what is later.
    A month or year, which everything is later than, by its articles alone.
    """
    named = [one for one in found.named if one.relevant] if wide else found.named
    first = log(1 + (len(named) if wide else len({one.dated.article for one in named})))
    if not is_fine(found.when):
        return first - COARSE
    later = [len({one.dated.article for one in named if _days_after(one, found) > days}) for days in (2, 7)]
    still = (0.5 if wide else 1) * sum(log(1 + count) for count in later)
    return first + still + THAT_DAY * log(1 + published[found.when.first])


def _days_after(one: Named, found: DatedEvent) -> int:
    return (one.published - found.when.last).days if one.published else 0

"""The articles a timeline is told from, and what is worked out about their sentences, once and only where asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from functools import cache

from bot import terms
from bot.model import Entry, Passage, Published, PublishedBasis, Span, When
from bot.ports import Dated

PER_WORD, SLACK = 1500, 300  # characters that one of the words asked for makes the article about; and those of a title


class Texts:
    """Articles about the words asked for, copies left out, and the stems of their sentences, worked out once."""

    def __init__(self, entries: Sequence[Entry], dated: Sequence[Dated], words: Sequence[str]) -> None:
        self._relevant: dict[tuple[int, Span], bool] = {}
        self._dates: dict[tuple[int, Span], list[When]] = defaultdict(list)
        for one in dated:
            if one.mention.when:
                self._dates[one.article, one.sentence].append(one.mention.when)
        self._stems: dict[Passage, dict[str, int]] = {}
        self._tokens: dict[Passage, set[str]] = {}
        self._matter: dict[Passage, set[str]] = {}
        # as words begin: the stem of "inventory" is "inventori"
        self.query = {stem.removesuffix("i") for word in words for stem in terms.stems(word)}
        told: dict[int, Entry] = {}  # of articles that copy one another the first
        for entry in entries:
            told.setdefault(entry.copy_of or entry.article.id, entry)
        self.entries = {entry.article.id: entry for entry in told.values()}
        if self.query:
            about = {
                one.article for one in dated if one.article in self.entries and self.holds(one.article, one.sentence)
            }
            about |= {number for number, entry in self.entries.items() if _is_about(entry, self.query)}
            self.entries = {n: entry for n, entry in self.entries.items() if n in about} or self.entries
        self._published = {n: _day_of(entry.article.published) for n, entry in self.entries.items()}
        self._of_day: dict[int, list[Entry]] = defaultdict(list)
        for number, day in self._published.items():
            if day:
                self._of_day[day.toordinal()].append(self.entries[number])

    def holds(self, number: int, sentence: Span) -> bool:
        """Whether a sentence of an article holds one of the words asked for."""
        place = number, sentence
        if place not in self._relevant:
            text = self.entries[number].article.text[slice(*sentence)].lower()
            self._relevant[place] = any(stem in text for stem in self.query)
        return self._relevant[place]

    def dates_in(self, passage: Passage) -> Sequence[When]:
        """The dates that a sentence names."""
        return self._dates.get((passage.article, (passage.start, passage.end)), ())

    def words(self, passage: Passage) -> str:
        return self.entries[passage.article].article.text[passage.start : passage.end]

    def tokens(self, passage: Passage) -> set[str]:
        """What stands between white space in a sentence."""
        if passage not in self._tokens:
            self._tokens[passage] = set(self.words(passage).split())
        return self._tokens[passage]

    def after(self, passage: Passage) -> Passage | None:
        """The sentence that follows, if the article has one."""
        entry = self.entries[passage.article]
        at = bisect_right(entry.sentences, passage.start, key=lambda one: one.start)
        following = entry.sentences[at : at + 1]
        return next((Passage(passage.article, passage.version, one.start, one.end) for one in following), None)

    def stems(self, passage: Passage) -> dict[str, int]:
        """The stems of a sentence and how often it has them."""
        if passage not in self._stems:
            counts: dict[str, int] = {}
            for stem in terms.stems(self.words(passage)):
                counts[stem] = counts.get(stem, 0) + 1
            self._stems[passage] = counts
        return self._stems[passage]

    def matter(self, passage: Passage) -> set[str]:
        """The stems of a sentence without those of dates."""
        if passage not in self._matter:
            self._matter[passage] = self.stems(passage).keys() - _calendar_stems()
        return self._matter[passage]

    def figures_agree(self, one: Passage, other: Passage) -> bool:
        """Whether two sentences hold the same numbers, those of their dates left out."""
        return self._figures(one) == self._figures(other)

    def _figures(self, passage: Passage) -> set[str]:
        named = self.dates_in(passage)
        days = {str(part) for when in named for day in (when.first, when.last) for part in (day.day, day.year)}
        return {stem for stem in self.stems(passage) if stem[0].isdigit()} - days

    def published(self, id: int) -> date | None:
        """The day of publication where it is known, not inferred."""
        return self._published[id]

    def published_on(self, day: date, within: int = 1) -> list[Entry]:
        """The articles published in so many days from that one."""
        return [entry for n in range(within) for entry in self._of_day.get(day.toordinal() + n, ())]


def _day_of(published: Published) -> date | None:
    sure = published.basis in {PublishedBasis.STATED, PublishedBasis.FEED}
    return published.when.first if sure and published.when and published.when.first == published.when.last else None


def _is_about(entry: Entry, query: Collection[str]) -> bool:
    """Whether an article speaks of the words asked for again and again."""
    text = f"{entry.article.title} {entry.article.text}".lower()
    return sum(text.count(stem) for stem in query) * PER_WORD >= len(text) + SLACK


@cache
def _calendar_stems() -> frozenset[str]:
    names = "January February March April May June July August September October November December"
    days = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec"
    return frozenset(terms.stems(f"{names} {days} last next year month week day {' '.join(map(str, range(32)))}"))

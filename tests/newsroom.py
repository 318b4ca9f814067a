"""Made-up news, the same for the same seed: as many words, names, dates and stories as real news has.

Word frequencies follow Zipf and Mandelbrot, f(rank) = 1 / (rank + 2.7)^1.05 (Piantadosi 2014,
doi:10.3758/s13423-014-0585-6), English function words first; below them words are made of syllables. An article is
about 400 words in 18 sentences; a story is told by one to a dozen articles that share names and a vocabulary of its
own, and one article in twenty repeats another nearly word for word.
"""
# ruff: noqa: SIM905 - a list of words reads best as one text

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache

import numpy as np

from bot.model import (
    Analysis,
    Article,
    Mention,
    MentionBasis,
    Precision,
    Published,
    PublishedBasis,
    Sentence,
    TimexType,
    When,
)

VOCABULARY = 60_000
NAMES = 4_000
START = date(2016, 1, 1)
PER_DAY = 30  # articles

_LISTED = """
the of and to a in that is was for it on with as he his be at by i this had not are but from or have an they which one
you were her all she there would their we him been has when who will more no if out so said what up its about into than
them can only other new some could time these two may then do first any my now such like our over man me even most made
after also did many before must through back years where much your way well down should because each just those people
"""
_FUNCTION = tuple(dict.fromkeys(_LISTED.split()))
_ONSETS = "b c d f g h j k l m n p r s t v w br ch cl cr dr fl gr pl pr sh sl sp st str th tr".split()
_VOWELS = ["a", "e", "i", "o", "u", "ai", "ea", "ee", "io", "ou"]
_CODAS = ["", "", "", "n", "r", "s", "t", "l", "d", "m", "nt", "st", "ck", "nd", "rd"]
_ENDINGS = ["", "", "", "s", "ed", "ing", "er", "ion", "al", "ment", "ity"]
_PUBLISHERS = ("Harbour Post", "Northern Wire", "The Evening Ledger", "Capital Radio", "Daily Courier")


@cache
def _mass(count: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """How likely one of the first words of `count` is drawn, word by word."""
    weights = (np.arange(1, count + 1) + 2.7) ** -1.05
    return np.append(np.cumsum(weights / weights.sum())[:-1], 1.0)


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A made-up article, and the analysis that its maker knows without reading it. `story` counts stories from 0."""

    article: Article
    analysis: Analysis
    story: int


@dataclass(slots=True)
class _Story:
    number: int
    day: date
    words: list[str]
    names: list[str]
    left: int
    last: Dispatch | None = None


@dataclass(slots=True)
class Newsroom:
    """An endless source of news."""

    seed: int = 1
    words: list[str] = field(init=False)
    names: list[str] = field(init=False)
    _dice: random.Random = field(init=False)
    _draws: np.random.Generator = field(init=False)
    _edition: int = field(init=False)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        self.words = [*_FUNCTION, *self._made(VOCABULARY - len(_FUNCTION), 1, 3)]
        first, last = (self._made(400, 1, 2), self._made(NAMES, 1, 2))
        self.names = [f"{self._dice.choice(first)} {surname}".title() for surname in last]

    def _made(self, count: int, least: int, most: int) -> list[str]:
        dice, made = self._dice, dict[str, None]()
        while len(made) < count:
            syllables = dice.randint(least, most)
            word = "".join(dice.choice(_ONSETS) + dice.choice(_VOWELS) + dice.choice(_CODAS) for _ in range(syllables))
            made[word + dice.choice(_ENDINGS)] = None
        return list(made)

    def dispatches(self, count: int, *, edition: int = 0, start: date = START) -> Iterator[Dispatch]:
        """`count` articles in order of arrival, from `start` on; stories run side by side. Editions share words."""
        self._dice = random.Random(f"{self.seed} {edition}")
        self._draws = np.random.default_rng([self.seed, edition])
        self._edition = edition
        running: list[_Story] = []
        stories = 0
        for number in range(count):
            day = start + timedelta(days=number // PER_DAY)
            if len(running) < 12 or self._dice.random() < 0.1:
                running.append(self._story(stories, day))
                stories += 1
            story = self._dice.choice(running)
            story.left -= 1
            if story.left <= 0:
                running.remove(story)
            yield self._dispatch(number, story, day)

    def _story(self, number: int, day: date) -> _Story:
        words = [word for word in self._draw(self.words, 60) if word not in _FUNCTION][:20] or ["matter"]
        names = self._draw(self.names, 5)
        return _Story(number, day, words, names, min(12, 1 + int(self._dice.expovariate(1 / 3))))

    def _draw(self, words: list[str], count: int) -> list[str]:
        """`count` of `words`, the first most often."""
        return [words[rank] for rank in np.searchsorted(_mass(len(words)), self._draws.random(count)).tolist()]

    def _dispatch(self, number: int, story: _Story, day: date) -> Dispatch:
        if story.last and self._dice.random() < 0.05:
            dispatch = _repeated(story.last, number)
        else:
            dispatch = self._written(number, story, day)
            story.last = dispatch
        return dispatch

    def _written(self, number: int, story: _Story, day: date) -> Dispatch:
        dice = self._dice
        title = " ".join(dice.choices(story.words, k=5)).capitalize()
        text, sentences, mentions = "", [], []
        names: Counter[str] = Counter()
        terms: Counter[str] = Counter()
        drawn = self._draw(self.words, 18 * 28)
        for place in range(18):
            words = drawn[place * 28 : place * 28 + dice.randint(12, 28)]
            for _ in range(4):
                words[dice.randrange(len(words))] = dice.choice(story.words)
            terms.update(words)
            if dice.random() < 0.7:
                name = dice.choice(story.names)
                names[name] += 1
                words[0] = name
            if dice.random() < 0.35:
                words.insert(dice.randint(1, len(words)), "{date}")
            told = (" ".join(words)[0].upper() + " ".join(words)[1:]) + "."
            separator = "" if not text else "\n\n" if place % 3 == 0 else " "
            start = len(text) + len(separator)
            if "{date}" in told:
                written, when = self._date(day)
                at = start + told.index("{date}")
                told = told.replace("{date}", written)
                mentions.append(
                    Mention(
                        at + 3, at + len(written), TimexType.DATE, when.first.isoformat(), when, MentionBasis.ARTICLE
                    )
                )
            text += separator + told
            sentences.append(Sentence(start, len(text), place // 3))
        article = Article(
            text=text,
            title=title,
            published=Published(When.day(day), PublishedBasis.FEED),
            publisher=dice.choice(_PUBLISHERS),
            url=f"https://news.example/{self.seed}/{self._edition}/{number}",
        )
        analysis = Analysis(
            sentences=tuple(sentences),
            mentions=tuple(mentions),
            digest=tuple((sentence.start, sentence.end) for sentence in sentences[:3]),
            names=dict(names),
            terms=dict([one for one in terms.most_common(80) if one[0] not in _FUNCTION][:30]),
            shingles=tuple(dice.getrandbits(62) for _ in range(32)),
        )
        return Dispatch(article, analysis, story.number)

    def _date(self, day: date) -> tuple[str, When]:
        past = day - timedelta(days=self._dice.randint(0, 6))
        far = day - timedelta(days=int(self._dice.expovariate(1 / 400)))
        match self._dice.choices(("weekday", "day", "date", "year"), (45, 25, 20, 10))[0]:
            case "weekday":
                return f"on {past:%A}", When.day(past)
            case "day":
                return f"on {past:%B} {past.day}", When.day(past)
            case "date":
                return f"on {far:%B} {far.day}, {far.year}", When.day(far)
            case _:
                return f"in {far.year}", When(date(far.year, 1, 1), date(far.year, 12, 31), Precision.YEAR)


def _repeated(dispatch: Dispatch, number: int) -> Dispatch:
    """The same article from another publisher, with a word more in front."""
    text = f"Repeated: {dispatch.article.text}"
    more = len(text) - len(dispatch.article.text)
    moved = [one._replace(start=one.start + more, end=one.end + more) for one in dispatch.analysis.mentions]
    sentences = [one._replace(start=one.start + more, end=one.end + more) for one in dispatch.analysis.sentences]
    article = replace(
        dispatch.article, text=text, publisher="Repeater", url=f"{dispatch.article.url.rsplit('/', 1)[0]}/{number}"
    )
    analysis = replace(
        dispatch.analysis,
        mentions=tuple(moved),
        sentences=tuple(sentences),
        digest=tuple((start + more, end + more) for start, end in dispatch.analysis.digest),
    )
    return Dispatch(article, analysis, dispatch.story)

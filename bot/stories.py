"""Which articles are about one event, and which are one text in several outlets; worked out as each arrives.

A near-copy shares most of its runs of five words with the original: found by a MinHash sketch, then checked on the
texts. A story is found by weighty stems in common: the new article joins the story of the articles most like it, or
founds one; a name weighs more than another word, and reports far apart in days less. Laws: linking reads a bounded
number of stored articles, whatever the corpus holds; sketches are the same in every process.
"""
# ruff: noqa: SIM905 - a list of words reads best as one text

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b
from itertools import accumulate
from math import exp, log, sqrt

from bot import terms
from bot.model import Analysis, Entry, Sentence
from bot.ports import Kin, Store

RUN = 5  # words in a shingle: long enough that two reports of one event share few
BINS, BAND = 64, 2  # minima in a sketch, and how many make a band
COPY = 0.75  # share of the shorter text that the other holds, from which they are the same text
LEAST = 0.35  # likeness of sketches below which chance decides what is shared
CANDIDATES = 4  # articles looked at to tell a near-copy

TERMS = 32  # stems kept of an article
ASKED = 16  # of them, the rarest are looked up
NAMED = 2  # how often a name counts: who and where tells one event from another of its kind
COMPARED = 48  # articles compared with a new one
SINCE = timedelta(days=45)  # how far back a story reaches for a new article
APART = 0.08  # likeness of stems below which two articles surely tell different events
EVENT = 0.16  # fit from which an article tells a story's event
FADING = 0.5  # share of likeness that is gone between reports SINCE apart
CORPUS = 100  # articles that every corpus is taken to hold beside its own: rarity means something in a small one too

_FULL = 1 << 32  # above any hash
MANY = 30  # times that a stem is used, from which more say no more
_LENGTHS = tuple(map(sqrt, range(9)))
_LOGS = (0.0, *(1 + log(count) for count in range(1, MANY + 1)))

# the commonest stems of news, which tell no event from another
_COMMON = frozenset(
    """
    accord act allow announc appear ask attack author base believ call case caus chang charg citi claim clear come
    communiti continu contribut control countri court day death depart die differ earli end face fact famili final
    find fire first five follow forc former found four friend good govern group hand happen head help high hit hold
    home hope hour hous human import includ internat investig involv issu keep kill know known last late later law
    lead leav left life littl live long look lost lot man mean media member men million month move name nation need
    new news night number offic offici old open organiz part past peopl person place play point polic possibl post
    presid provid public recent record releas remain report right run school second secur set show social start
    state statement stori support talk think three time tri turn two unit use want week work world year
    apr april aug august dec decemb feb februari friday jan januari jul juli jun june mar march monday nov novemb oct
    octob saturday sep sept septemb sunday thursday tuesday wednesday
    """.split()
)


def sketch(text: str, sentences: Sequence[Sentence], language: str = "en") -> tuple[int, ...]:
    """Hashes of the bands of a MinHash sketch of what `sentences` say; empty for a text too short to tell.

    One permutation, empty bins filled from the next one: Shrivastava & Li 2014, arXiv:1406.4784, section 3.
    """
    shingles = _shingles(text, sentences, language)
    if len(shingles) < BINS // 2:
        return ()
    minima = [_FULL] * BINS
    for shingle in sorted(shingles, reverse=True):  # the least of a bin is the last to be put there
        minima[shingle % BINS] = shingle // BINS
    following = next(value for value in minima if value < _FULL)  # the bins stand in a ring
    for place in reversed(range(BINS)):
        following = minima[place] = minima[place] if minima[place] < _FULL else following
    return tuple(
        int.from_bytes(blake2b(repr((first, minima[first : first + BAND])).encode(), digest_size=8).digest()) >> 1
        for first in range(0, BINS, BAND)
    )


def terms_of(text: str, sentences: Sequence[Sentence], title: str, language: str = "en") -> dict[str, int]:
    """The stems an article is known by, and how often it uses them: frequent, early, long before others."""
    texts = [title, *(text[sentence.start : sentence.end] for sentence in sentences)]
    told = [terms.pieces(one, language) for one in texts]
    counts: Counter[str] = Counter()
    first: dict[str, int] = {}
    for n, words in enumerate(told):
        capital = sum(word[0].isupper() for word in words[1:]) * 2 < len(words)  # a headline's capitals name nothing
        for place, word in enumerate(words):
            if stem := terms.stem(word, language):
                counts[stem] += NAMED if capital and place and word[0].isupper() else 1
                first.setdefault(stem, n)

    early = [1 + 2 * exp(-n / 3) for n in range(len(told))]
    weights = {
        stem: -(1 + log(count)) * early[first[stem]] * _LENGTHS[min(len(stem), 8)]
        for stem, count in counts.items()
        if stem not in _COMMON
    }
    kept = sorted(weights, key=lambda stem: (weights[stem], stem))
    return {stem: counts[stem] for stem in kept[:TERMS]}


def originals(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """`entries` with near-copies of one text counted once: the original where it is there, in the order given."""
    kept: dict[int, Entry] = {}
    for entry in entries:
        family = entry.copy_of or entry.article.id
        if family not in kept or not entry.copy_of:
            kept[family] = entry
    return tuple(kept.values())


def link(analysis: Analysis, published: date | None, store: Store, tenant: str) -> tuple[int, int]:
    """The story that a new article belongs to, 0 to found one; and the article it is a near-copy of, 0 for none."""
    original = _original(analysis, store, tenant)
    if original:
        return original.story, original.copy_of or original.article.id
    return _story(analysis, published, store, tenant), 0


def _original(analysis: Analysis, store: Store, tenant: str) -> Entry | None:
    """The stored article whose text this one repeats, whole or cut."""
    bands = store.sketched(analysis.shingles, tenant) if analysis.shingles else {}
    likeliest = sorted(bands, key=lambda one: (-bands[one], one))[:CANDIDATES]
    for entry in store.entries(likeliest, tenant):
        # a band of BAND minima is shared with the chance likeness ** BAND
        likeness = (bands[entry.article.id] / len(analysis.shingles)) ** (1 / BAND)
        sizes = _length(analysis.sentences), _length(entry.sentences)
        if likeness / (1 + likeness) * sum(sizes) >= COPY * min(sizes) and likeness >= LEAST:
            return entry
    return None


def _length(sentences: Sequence[Sentence]) -> int:
    return sum(sentence.end - sentence.start for sentence in sentences)


def neighbours(analysis: Analysis, store: Store, tenant: str) -> dict[int, float]:
    """The stored articles, of any time, that are most like an analysed one, and how like."""
    own, kindred = _kindred(analysis, None, store, tenant)
    return {id_: own.likeness(kin.terms) for id_, kin in kindred.items()}


def _kindred(analysis: Analysis, since: date | None, store: Store, tenant: str) -> tuple[Weighed, Mapping[int, Kin]]:
    size, known = store.frequencies(tuple(analysis.terms))
    rarest = sorted((stem for stem in analysis.terms if known.get(stem)), key=lambda stem: (known[stem], stem))
    rarity = {stem: log((size + CORPUS) / (known.get(stem, 0) + 0.5)) for stem in analysis.terms}
    return Weighed.of(analysis.terms, rarity), store.alike(tuple(rarest[:ASKED]), since, tenant, COMPARED)


def _story(analysis: Analysis, published: date | None, store: Store, tenant: str) -> int:
    """The story whose articles have most in common with `analysis`; 0 if none has enough."""
    own, kindred = _kindred(analysis, published - SINCE if published else None, store, tenant)
    fits: dict[int, list[float]] = defaultdict(list)
    for kin in kindred.values():
        likeness = own.likeness(kin.terms) * _near(published, kin.day)
        if likeness >= APART:
            fits[kin.story].append(likeness)
    best = max(fits, key=lambda story: (_fit(fits[story]), -story), default=0)
    return best if best and _fit(fits[best]) >= EVENT else 0


def _fit(likeness: Sequence[float]) -> float:
    """How well an article fits a story: nearest and average, so that a story does not drift link by link."""
    return (max(likeness) + sum(likeness) / len(likeness)) / 2


def _near(published: date | None, day: date) -> float:
    """What the days between two reports leave of their likeness: all on one day, nothing beyond SINCE."""
    apart = abs((published - day).days) if published else 0
    return max(0.0, 1 - FADING * apart / SINCE.days) if apart <= SINCE.days else 0.0


@dataclass(frozen=True, slots=True)
class Weighed:
    """An article's stems, term frequency by inverse article frequency: `weights`, their `length` as a vector."""

    weights: Mapping[str, float]
    rarity: Mapping[str, float]
    usual: float
    length: float

    @classmethod
    def of(cls, terms_: Mapping[str, int], rarity: Mapping[str, float]) -> Weighed:
        weights = {stem: _LOGS[min(count, MANY)] * rarity[stem] for stem, count in terms_.items()}
        square = sum(weight * weight for weight in weights.values())
        counted = sum(_LOGS[min(count, MANY)] ** 2 for count in terms_.values())
        return cls(weights, rarity, square / counted if counted else 0.0, sqrt(square) or 1.0)

    def likeness(self, other: Mapping[str, int]) -> float:
        """The cosine with `other`, whose stems that are not shared are taken to be as rare as the own ones.

        Looking up how rare they are would take most of the time of linking, and finds no story better.
        """
        shared = square = 0.0
        for stem, count in other.items():
            logged = _LOGS[count] if count < MANY else _LOGS[MANY]
            weight = self.weights.get(stem)
            if weight is None:
                square += logged * logged * self.usual
            else:
                told = logged * self.rarity[stem]
                shared += weight * told
                square += told * told
        return shared / (self.length * sqrt(square)) if square else 0.0


def _shingles(text: str, sentences: Sequence[Sentence], language: str) -> set[int]:
    """Every run of RUN words, hashed: letters and digits alone count, quotation marks and line ends do not."""
    words = [word for sentence in sentences for word in terms.words(text[sentence.start : sentence.end], language)]
    told = " ".join(words).encode()
    places = list(accumulate((len(word.encode()) + 1 for word in words), initial=0))
    # CRC-32 spread over all its bits by a multiplication: Knuth, The Art of Computer Programming 3, section 6.4
    return {
        zlib.crc32(told[start : end - 1]) * 2654435761 & 0xFFFFFFFF
        for start, end in zip(places, places[RUN:], strict=False)
    }

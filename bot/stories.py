"""Which articles are about one event, and which are one text in several outlets; worked out as each arrives.

A near-copy shares most of its runs of five words with the original: found by a MinHash sketch, then checked on the
texts. A story is found by weighty stems in common: the new article joins the story of the article most like it, or
founds one. Laws: linking reads a bounded number of stored articles, whatever the corpus holds; sketches are the same in every
process.
"""
# ruff: noqa: SIM905 - a list of words reads best as one text

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from hashlib import blake2b
from itertools import accumulate
from math import exp, log, sqrt

from bot import terms
from bot.model import Analysis, Entry, Sentence
from bot.ports import Store

RUN = 5  # words in a shingle: long enough that two reports of one event share few
BINS, BAND = 64, 2  # minima in a sketch, and how many make a band
COPY = 0.75  # share of the shorter text that the other holds, from which they are the same text
LEAST = 0.35  # likeness of sketches below which chance decides what is shared
CANDIDATES = 4  # articles looked at to tell a near-copy

TERMS = 32  # stems kept of an article
ASKED = 16  # of them, the rarest are looked up
COMPARED = 60  # articles compared with a new one
SINCE = timedelta(days=45)  # how far back a story reaches for a new article
APART = 0.08  # likeness of stems below which two articles surely tell different events
EVENT = 0.17  # fit from which an article tells a story's event
CORPUS = 50  # articles that every corpus is taken to hold beside its own, so that rarity means something in a small one

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


def sketch(text: str, sentences: Sequence[Sentence]) -> tuple[int, ...]:
    """Hashes of the bands of a MinHash sketch of what `sentences` say; empty for a text too short to tell.

    One permutation, empty bins filled from the next one: Shrivastava & Li 2014, arXiv:1406.4784, section 3.
    """
    shingles = _shingles(text, sentences)
    if len(shingles) < BINS // 2:
        return ()
    minima: dict[int, int] = {}
    for shingle in shingles:
        value, place = divmod(shingle, BINS)
        if value < minima.get(place, BINS << 32):
            minima[place] = value
    filled = [next(minima[n % BINS] for n in range(place, place + BINS) if n % BINS in minima) for place in range(BINS)]
    return tuple(
        int.from_bytes(blake2b(repr((first, filled[first : first + BAND])).encode(), digest_size=8).digest()) >> 1
        for first in range(0, BINS, BAND)
    )


def terms_of(text: str, sentences: Sequence[Sentence], title: str) -> dict[str, int]:
    """The stems an article is known by, and how often it uses them: frequent, early, long before others."""
    told = [terms.stems(title), *(terms.stems(text[sentence.start : sentence.end]) for sentence in sentences)]
    counts: Counter[str] = Counter()
    first: dict[str, int] = {}
    for n, stems in enumerate(told):
        counts.update(stems)
        for stem in stems:
            first.setdefault(stem, n)

    def weight(stem: str) -> float:
        return (1 + log(counts[stem])) * (1 + 2 * exp(-first[stem] / 3)) * sqrt(min(len(stem), 8))

    kept = sorted((stem for stem in counts if stem not in _COMMON), key=lambda stem: (-weight(stem), stem))
    return {stem: counts[stem] for stem in kept[:TERMS]}


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


def _story(analysis: Analysis, published: date | None, store: Store, tenant: str) -> int:
    """The story whose articles have most in common with `analysis`; 0 if none has enough."""
    size, known = store.frequencies(tuple(analysis.terms))
    rarest = sorted((stem for stem in analysis.terms if known.get(stem)), key=lambda stem: (known[stem], stem))
    since = published - SINCE if published else None
    alike = store.alike(tuple(rarest[:ASKED]), since, tenant, COMPARED)
    if not alike:
        return 0
    _, others = store.frequencies(tuple({stem for found in alike.values() for stem in found} - analysis.terms.keys()))
    own = _weighed(analysis.terms, size, known)
    likeness = {one: _cosine(own, _weighed(found, size, known | others)) for one, found in alike.items()}
    stories: dict[int, list[float]] = defaultdict(list)
    for entry in store.entries([one for one in likeness if likeness[one] >= APART], tenant):
        stories[entry.story].append(likeness[entry.article.id])
    best = max(stories, key=lambda story: (_fit(stories[story]), -story), default=0)
    return best if best and _fit(stories[best]) >= EVENT else 0


def _fit(likeness: Sequence[float]) -> float:
    """How well an article fits a story: nearest and average, so that a story does not drift link by link."""
    return (max(likeness) + sum(likeness) / len(likeness)) / 2


def _weighed(terms_: Mapping[str, int], size: int, frequency: Mapping[str, int]) -> dict[str, float]:
    """Term frequency by inverse article frequency, as a unit vector."""
    vector = {
        stem: (1 + log(count)) * log((size + CORPUS) / (frequency.get(stem, 0) + 0.5)) for stem, count in terms_.items()
    }
    length = sqrt(sum(weight * weight for weight in vector.values())) or 1.0
    return {stem: weight / length for stem, weight in vector.items()}


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    return sum(weight * other.get(stem, 0.0) for stem, weight in one.items())


def _shingles(text: str, sentences: Sequence[Sentence]) -> set[int]:
    """Every run of RUN words, hashed: letters and digits alone count, quotation marks and line ends do not."""
    words = [word for sentence in sentences for word in terms.words(text[sentence.start : sentence.end])]
    told = " ".join(words).encode()
    places = list(accumulate((len(word.encode()) + 1 for word in words), initial=0))
    # CRC-32 spread over all its bits by a multiplication: Knuth, The Art of Computer Programming 3, section 6.4
    return {
        zlib.crc32(told[start : end - 1]) * 2654435761 & 0xFFFFFFFF
        for start, end in zip(places, places[RUN:], strict=False)
    }

"""Our own ranking: how central a sentence is, where it stands, and what other articles say too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from bot import terms
from bot.ranking import Line

Floats = NDArray[np.floating]
Places = NDArray[np.int64]

EARLY = 4.0  # sentences; how far the opening of an article reaches
MEANT = 0.7  # of a full answer
SALIENT = 1.5  # weight of a stem from which it is one of the topic's own; 1: a sentence that holds nothing else


@dataclass(frozen=True, slots=True)
class Space:
    """Lines as unit vectors of the log frequencies of their stems.

    `row` and `stem` are the places of the matrix (lines, stems) that are not 0, by row, and `value` what stands
    there: a few in a hundred. `words` are the stems of all lines in their order, `line` in which each stands.
    """

    size: int
    column: dict[str, int]
    line: Places
    words: Places
    row: Places
    stem: Places
    value: Floats
    likeness: Floats
    article: Places
    position: Floats
    languages: frozenset[str]

    @property
    def is_topic(self) -> bool:
        return bool((self.article != self.article[0]).any())

    def weight(self) -> Floats:
        """How much of the whole each stem is."""
        return summed(self.stem, self.value, len(self.column))

    def holding(self, worth: Floats) -> Floats:
        """Of each line, what the stems that it holds are worth together."""
        return summed(self.row, worth[self.stem], self.size)

    def along(self, direction: Floats) -> Floats:
        """How far each line goes in a direction."""
        return summed(self.row, self.value * direction[self.stem], self.size)


def space(lines: Sequence[Line], stems: Sequence[Sequence[str]]) -> Space:
    """`stems` are those of each line's text."""
    told = list(chain.from_iterable(stems))
    column = {stem: n for n, stem in enumerate(dict.fromkeys(told))}
    width = max(1, len(column))
    line = np.repeat(np.arange(len(lines)), [len(found) for found in stems])
    words = np.fromiter(map(column.__getitem__, told), dtype=np.int64, count=len(told))
    places, counts = np.unique(line * width + words, return_counts=True)
    row, stem = np.divmod(places, width)
    value = 1 + np.log(counts)
    value /= np.sqrt(np.bincount(row, value * value, len(lines)))[row]
    matrix = np.zeros((len(lines), width), dtype=np.float32)
    matrix[row, stem] = value
    article = np.array([one.article for one in lines])
    position = np.array([one.position for one in lines], dtype=np.float32)
    languages = frozenset(one.language for one in lines)
    return Space(len(lines), column, line, words, row, stem, value, matrix @ matrix.T, article, position, languages)


def summed(places: Places, weights: Floats, size: int) -> Floats:
    """The sum of the weights at each place."""
    return np.bincount(places, weights, size).astype(np.float64, copy=False)


def scaled(part: Floats) -> Floats:
    """`part` with a maximum of 1, where there is anything above 0."""
    most = part.max(initial=0)
    return part / most if most > 0 else part


def score(space: Space, title: str) -> Floats:
    """How much each line matters, in [0, 1].

    Likeness to what comes later is a directed centrality after PacSum, Zheng & Lapata 2019,
    doi:10.18653/v1/P19-1628, section 3. In a topic, what other articles say too counts more than position.
    """
    weight = space.weight()
    centroid = scaled(space.along(weight))
    headline = scaled(space.along(_vector(space, title)))
    first = 1 / (1 + space.position)
    if not space.is_topic:
        early = np.exp(-space.position / EARLY)
        forward = scaled(np.triu(space.likeness, 1).sum(axis=1))
        lead = scaled(space.likeness[:, 0])
        return scaled(centroid + 0.8 * first + early + 0.5 * forward + 0.15 * lead + 0.3 * headline)
    mass = scaled(space.holding(np.where(weight > SALIENT, weight, 0)))
    support = np.zeros(len(centroid), dtype=np.float32)
    for article in np.unique(space.article):
        own = space.article == article
        support += np.where(own, 0, space.likeness[:, own].max(axis=1, initial=0))
    return scaled(centroid + 0.5 * mass + 0.8 * scaled(support) + 0.2 * first + 0.3 * headline)


def answers(space: Space, query: str, meant: Sequence[bool]) -> Floats:
    """How fully each line speaks of `query`, in [0, 1]: its rare words count more than its common ones.

    `meant`: which lines speak of it in other words.
    """
    if not query:
        return np.zeros(space.size)
    rarity = np.log1p(space.size / (1 + np.bincount(space.stem, minlength=len(space.column))))
    return np.maximum(scaled(space.holding(_vector(space, query) * rarity)), MEANT * np.array(meant))


def _vector(space: Space, text: str) -> Floats:
    vector = np.zeros(len(space.column))
    told = {stem for language in space.languages for stem in terms.stems(text, language)}
    vector[[space.column[stem] for stem in told if stem in space.column]] = 1
    return vector

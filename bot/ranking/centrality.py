"""Our own ranking: how central a sentence is, where it stands, and what other articles say too."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from bot import terms
from bot.ranking import Line

# Matrices here are small: a second thread costs more than it brings (four times slower beside other work).
# numpy's library reads this when it is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]

EARLY = 4.0  # sentences; how far the opening of an article reaches
SALIENT = 1.5  # weight of a stem from which it is one of the topic's own; 1: a sentence that holds nothing else


@dataclass(frozen=True, slots=True)
class Space:
    """Lines as unit vectors of the log frequencies of their stems; `matrix` has shape (lines, stems)."""

    stems: list[list[str]]
    column: dict[str, int]
    matrix: Floats
    likeness: Floats
    article: NDArray[np.int64]
    position: Floats

    @property
    def is_topic(self) -> bool:
        return bool((self.article != self.article[0]).any())


def space(lines: Sequence[Line]) -> Space:
    stems = [terms.stems(line.text) for line in lines]
    told = [stem for found in stems for stem in found]
    column = {stem: n for n, stem in enumerate(dict.fromkeys(told))}
    width = max(1, len(column))
    rows = np.repeat(np.arange(len(lines)), [len(found) for found in stems])
    columns = np.fromiter(map(column.__getitem__, told), dtype=np.int64, count=len(told))
    counts = np.bincount(rows * width + columns, minlength=len(lines) * width).reshape(len(lines), width)
    matrix = np.zeros(counts.shape, dtype=np.float32)
    used = counts > 0
    matrix[used] = 1 + np.log(counts[used])
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    matrix /= np.where(lengths > 0, lengths, 1)
    article = np.array([line.article for line in lines])
    position = np.array([line.position for line in lines], dtype=np.float32)
    return Space(stems, column, matrix, matrix @ matrix.T, article, position)


def scaled(part: Floats) -> Floats:
    """`part` with a maximum of 1, where there is anything above 0."""
    most = part.max(initial=0)
    return part / most if most > 0 else part


def score(space: Space, title: str) -> Floats:
    """How much each line matters, in [0, 1].

    Likeness to what comes later is a directed centrality after PacSum, Zheng & Lapata 2019,
    doi:10.18653/v1/P19-1628, section 3. In a topic, what other articles say too counts more than position.
    """
    weight = space.matrix.sum(axis=0)
    centroid = scaled(space.matrix @ weight)
    headline = scaled(space.matrix @ _vector(space, title))
    first = 1 / (1 + space.position)
    if not space.is_topic:
        early = np.exp(-space.position / EARLY)
        forward = scaled(np.triu(space.likeness, 1).sum(axis=1))
        lead = scaled(space.likeness[:, 0])
        return scaled(centroid + 0.8 * first + early + 0.5 * forward + 0.15 * lead + 0.3 * headline)
    mass = scaled((space.matrix > 0).astype(np.float32) @ np.where(weight > SALIENT, weight, 0))
    support = np.zeros(len(centroid), dtype=np.float32)
    for article in np.unique(space.article):
        own = space.article == article
        support += np.where(own, 0, space.likeness[:, own].max(axis=1, initial=0))
    return scaled(centroid + 0.5 * mass + 0.8 * scaled(support) + 0.2 * first + 0.3 * headline)


def answers(space: Space, query: str) -> Floats:
    """How fully each line speaks of `query`, in [0, 1]: its rare words count more than its common ones."""
    holds = (space.matrix > 0).astype(np.float32)
    rarity = np.log1p(len(space.stems) / (1 + holds.sum(axis=0)))
    return scaled(holds @ (_vector(space, query) * rarity))


def _vector(space: Space, text: str) -> Floats:
    vector = np.zeros(space.matrix.shape[1], dtype=np.float32)
    vector[[space.column[stem] for stem in set(terms.stems(text)) if stem in space.column]] = 1
    return vector

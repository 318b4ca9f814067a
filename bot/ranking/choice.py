"""Which lines go together: the best that still fit, without saying anything twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from bot.ranking import SAME, SHORTEST, Line
from bot.ranking.centrality import Floats, Space, scaled

ANSWERS = 0.4  # share of the fullest answer to a query below which a line does not speak of it


@dataclass(frozen=True, slots=True)
class Balance:
    """What a line is chosen for: its score, what it adds to those chosen and, against it, its likeness to them.

    `least`: the share of the first one's score and worth below which room is left empty rather than filled.
    """

    score: float
    gain: float
    likeness: float
    least: float


ARTICLE = Balance(0.8, 0.2, 0.3, 0.35)
TOPIC = Balance(0.65, 0.35, 0.4, 0.0)
PEER = Balance(1.0, 0.0, 0.0, 0.0)  # other rankings know no gain; the budget and SAME hold for them too


def greedy(
    lines: Sequence[Line], space: Space, score: Floats, answers: Floats, balance: Balance, words: int, most: int
) -> tuple[int, ...]:
    """Take what is worth most and still fits, again and again; should nothing, then without the editor's rules."""
    lengths = [len(line.text.split()) for line in lines]
    speaks = (answers >= (ANSWERS if answers.any() else 0)).tolist()
    score = scaled(score + answers)
    free = [n for n, line in enumerate(lines) if line.worth > 0 and lengths[n] >= SHORTEST]
    chosen = _fill(lines, lengths, free, speaks, space, score, balance, words, most)
    if not chosen:
        lines = [replace(line, worth=line.worth or 0.01, follows=False) for line in lines]
        free = [n for n in range(len(lines)) if lengths[n]]
        chosen = _fill(lines, lengths, free, speaks, space, score, balance, words, most)
    return tuple(chosen)


def _fill(
    lines: Sequence[Line],
    lengths: Sequence[int],
    free: Sequence[int],
    speaks: Sequence[bool],
    space: Space,
    score: Floats,
    balance: Balance,
    words: int,
    most: int,
) -> list[int]:
    holds, left = _matter(space)
    worth = np.array([line.worth for line in lines])
    merit = (score * worth).tolist()
    nearest = np.zeros(len(lines))  # likeness to whatever of those chosen is most alike
    chosen: list[int] = []
    room, least = words, 0.0
    while True:
        gained = balance.gain * worth * scaled(holds @ left)
        value = (balance.score * score * worth + gained - balance.likeness * nearest).tolist()
        apart = (nearest <= SAME).tolist()
        free = [n for n in free if apart[n] and n not in chosen and lengths[n] <= room]
        units = [_unit(lines, space, n, free, chosen) for n in free if speaks[n] and merit[n] >= least]
        units = [
            unit for unit in units if 0 < len(unit) <= most - len(chosen) and sum(lengths[n] for n in unit) <= room
        ]
        if not units:
            return chosen
        for n in max(units, key=lambda unit: sum(value[n] for n in unit) / len(unit)):
            chosen.insert(chosen.index(n - 1) + 1 if lines[n].follows else len(chosen), n)
            left = np.where(holds[n] > 0, 0, left)
            nearest = np.maximum(nearest, space.likeness[n])
            room -= lengths[n]
        least = balance.least * merit[chosen[0]]


def _unit(lines: Sequence[Line], space: Space, n: int, free: Sequence[int], chosen: Sequence[int]) -> tuple[int, ...]:
    """What must be chosen to show line `n`: itself, with the line before it, or nothing where that cannot be."""
    line, before = lines[n], lines[n - 1]
    if not line.follows:
        return (n,)
    if n == 0 or (before.article, before.position) != (line.article, line.position - 1):
        return ()
    if n - 1 in chosen:
        return (n,)
    return (n - 1, n) if n - 1 in free and not before.follows and space.likeness[n, n - 1] <= SAME else ()


def _matter(space: Space) -> tuple[Floats, Floats]:
    """What a choice should cover, as (lines, pieces), and the weight of each piece.

    Of an article its stems, by their weight in the whole; of a topic the pairs of stems that several articles use.
    """
    if not space.is_topic:
        return (space.matrix > 0).astype(np.float32), space.matrix.sum(axis=0)
    articles: dict[tuple[str, str], set[int]] = defaultdict(set)
    for article, stems in zip(space.article.tolist(), space.stems, strict=True):
        for pair in pairwise(stems):
            articles[pair].add(article)
    shared = {pair: n for n, pair in enumerate(pair for pair, found in articles.items() if len(found) > 1)}
    holds = np.zeros((len(space.stems), max(1, len(shared))), dtype=np.float32)
    for row, stems in enumerate(space.stems):
        holds[row, [shared[pair] for pair in pairwise(stems) if pair in shared]] = 1
    return holds, np.ones(holds.shape[1], dtype=np.float32)

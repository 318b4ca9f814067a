"""Which lines go together: the best that still fit, without saying anything twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot import languages
from bot.ranking import SAME, SHORTEST, Line
from bot.ranking.centrality import Floats, Places, Space, scaled, summed

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
# A line that names somebody whom no line chosen introduces loses so much, and needs so many times the least merit.
STRANGER, DOUBT = 0.3, 2.0
PEER = Balance(1.0, 0.0, 0.0, 0.0)  # other rankings know no gain; the budget and SAME hold for them too


@dataclass(frozen=True, slots=True)
class Matter:
    """What a choice should cover: `line` n holds `piece` n of it; `left` is the weight of each piece not yet told."""

    line: Places
    piece: Places
    left: Floats

    def gain(self, lines: int) -> Floats:
        """What each of so many lines would add."""
        return summed(self.line, self.left[self.piece], lines)

    def tell(self, line: int) -> None:
        self.left[self.piece[self.line == line]] = 0


def greedy(
    lines: Sequence[Line], space: Space, score: Floats, answers: Floats, balance: Balance, words: int, most: int
) -> tuple[int, ...]:
    """Take what is worth most and still fits, again and again; should nothing, then without the editor's rules."""
    lengths = [_length(line) for line in lines]
    speaks = (answers >= (ANSWERS if answers.any() else 0)).tolist()
    score = scaled(score + answers)
    free = [n for n, line in enumerate(lines) if line.worth > 0 and lengths[n] >= SHORTEST]
    chosen = _fill(lines, lengths, free, speaks, space, score, balance, words, most)
    if not chosen:
        lines = [line._replace(worth=line.worth or 0.01, follows=False) for line in lines]
        free = [n for n in range(len(lines)) if lengths[n]]
        chosen = _fill(lines, lengths, free, speaks, space, score, balance, words, most)
    return tuple(chosen)


def _length(line: Line) -> int:
    """How many words a reader sees; where no space parts them, as many as its signs make."""
    if line.language in languages.UNSPACED:
        return max(1, round(len(line.text) / languages.UNSPACED[line.language]))
    return line.text.count(" ") + bool(line.text)


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
    matter = _matter(space)
    worth = np.array([line.worth for line in lines])
    merit = (score * worth).tolist()
    nearest = np.zeros(len(lines))  # likeness to whatever of those chosen is most alike
    chosen: list[int] = []
    strangers = _strangers(lines)
    known: set[str] = set()
    room, least = words, 0.0
    while len(chosen) < most:
        gained = balance.gain * worth * scaled(matter.gain(len(lines)))
        value = (balance.score * score * worth + gained - balance.likeness * nearest).tolist()
        unknown = {n for n, names in strangers.items() if not names <= known}
        for n in unknown:
            value[n] -= STRANGER
        apart = (nearest <= SAME).tolist()
        free = [n for n in free if apart[n] and n not in chosen and lengths[n] <= room]
        worthy = [n for n in free if speaks[n] and merit[n] >= (DOUBT * least if n in unknown else least)]
        units = [_unit(lines, space, n, free, chosen) for n in worthy]
        units = [unit for unit in units if len(unit) == 1 or (unit and _fit(unit, lengths, room, most - len(chosen)))]
        if not units:
            break
        for n in max(units, key=lambda unit: (value[unit[0]] + value[unit[-1]]) / 2):
            chosen.insert(chosen.index(n - 1) + 1 if lines[n].follows else len(chosen), n)
            matter.tell(n)
            known |= lines[n].introduces
            nearest = np.maximum(nearest, space.likeness[n])
            room -= lengths[n]
        least = balance.least * merit[chosen[0]]
    return chosen


def _strangers(lines: Sequence[Line]) -> dict[int, frozenset[str]]:
    """Whom each line takes as known, unless the one that always comes before it introduces them."""
    found = {n: line.strangers for n, line in enumerate(lines) if line.strangers}
    return {n: names - lines[n - 1].introduces if lines[n].follows else names for n, names in found.items()}


def _fit(unit: Sequence[int], lengths: Sequence[int], room: int, most: int) -> bool:
    return len(unit) <= most and sum(lengths[n] for n in unit) <= room


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


def _matter(space: Space) -> Matter:
    """Of an article its stems, by their weight in the whole; of a topic the pairs of stems that several articles use."""
    if not space.is_topic:
        return Matter(space.row, space.stem, space.weight())
    beside = np.flatnonzero(space.line[1:] == space.line[:-1])
    line, several = space.line[beside], int(space.article.max()) + 1
    pair = space.words[beside] * len(space.column) + space.words[beside + 1]
    kinds, articles = np.unique(np.unique(pair * several + space.article[line]) // several, return_counts=True)
    shared = np.append(kinds[articles > 1], -1)  # one too many, so that there is always one
    piece = np.searchsorted(shared[:-1], pair)
    held = shared[piece] == pair
    line, piece = np.divmod(np.unique(line[held] * shared.size + piece[held]), shared.size)
    return Matter(line, piece, np.ones(shared.size))

"""Days along a line: where it is broken, how wide each piece is, and the calendar cells that tell its scale.

Days are counted as `date.toordinal` counts them; a day covers [n, n + 1). Every piece is to its own scale.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, date
from itertools import pairwise

from bot.model import When

BREAK = 32.0  # width of a break
NARROWEST = 168.0  # piece
INSET = 30.0  # between a break and the days beside it
END = 68.0  # between an end of the line and the days beside it: room for half a label
BREAKS = 3  # at most: more would be a list, not a line
EMPTY = 0.4  # of the time shown, from which an empty stretch may be left out
CROWDED = 0.05  # of the time shown: neighbours nearer than that are hard to tell apart
WIDEST_DAY = 110.0
AROUND = 20  # days shown about an event that stands alone in its piece

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_END = date.max.toordinal() + 1
_YEAR = 365.2425

Days = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Cell:
    """A day, month, year … of the ruler, from `left` to `right`; every other one is shaded.

    `full` is its name where it is the first that has one, `names` are its names elsewhere, best first.
    """

    left: float
    right: float
    full: str
    names: tuple[str, ...]
    shaded: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """The days [first, last) drawn from `begin` to `end`, on a stretch of the ruler from `left` to `right`."""

    first: float
    last: float
    left: float
    begin: float
    end: float
    right: float

    @property
    def scale(self) -> float:
        """Width of a day."""
        return (self.end - self.begin) / (self.last - self.first)

    def at(self, day: float) -> float:
        return self.begin + (day - self.first) * self.scale

    def day(self, x: float) -> float:
        return self.first + (x - self.begin) / self.scale


@dataclass(frozen=True, slots=True)
class Axis:
    pieces: tuple[Piece, ...]

    def at(self, day: float) -> float:
        """Where `day` is drawn; what lies between two pieces, at the break."""
        for piece in self.pieces:
            if day <= piece.last:
                return piece.at(max(day, piece.first))
        last = self.pieces[-1]
        return last.at(last.last)


def covered(when: When) -> Days:
    return when.first.toordinal(), when.last.toordinal() + 1


def axis(whens: Sequence[When], left: float, right: float) -> Axis:
    """The line from `left` to `right` on which every one of `whens` has its place; at least one is given."""
    groups = _groups(sorted(covered(when) for when in whens))
    room = right - left - BREAK * (len(groups) - 1)
    pieces: list[Piece] = []
    x = left
    for group, width in zip(groups, _widths([len(group) for group in groups], room), strict=True):
        begin = x + (INSET if pieces else END)
        end = x + width - (INSET if len(pieces) < len(groups) - 1 else END)
        first, last = _shown(group, end - begin, alone=len(groups) == 1)
        pieces.append(Piece(first, last, x, begin, end, x + width))
        x += width + BREAK
    return Axis(tuple(pieces))


def _groups(days: Sequence[Days]) -> list[list[Days]]:
    """`days` in order, parted where the line is broken: at the longest empty stretches, where else it is crowded."""
    groups = [list(days)]
    for _ in range(BREAKS):
        cuts = [(gap, n, at) for n, group in enumerate(groups) for gap, at in _emptiest(group)]
        if not cuts:
            break
        _, n, at = max(cuts)
        groups[n : n + 1] = [groups[n][:at], groups[n][at:]]
    return groups


def _emptiest(group: Sequence[Days]) -> Iterator[Days]:
    """The longest empty stretch of a crowded group, in days, and which event follows it; none, if it is short."""
    starts = sorted({start for start, _ in group})
    shown = max(end for _, end in group) - starts[0]
    if not any(after - before < CROWDED * shown for before, after in pairwise(starts)):
        return
    gap, at = max((group[at][0] - max(end for _, end in group[:at]), -at) for at in range(1, len(group)))
    if gap > EMPTY * shown:
        yield gap, -at


def _widths(counts: Sequence[int], room: float) -> list[float]:
    """`room` shared out by how many events each piece holds, none narrower than NARROWEST."""
    narrow = [room * count / sum(counts) < NARROWEST for count in counts]
    left = room - NARROWEST * sum(narrow)
    wide = sum(count for count, is_narrow in zip(counts, narrow, strict=True) if not is_narrow)
    return [NARROWEST if is_narrow else left * count / wide for count, is_narrow in zip(counts, narrow, strict=True)]


def _shown(group: Sequence[Days], width: float, *, alone: bool) -> tuple[float, float]:
    """The days that a piece shows: those of its events, and more about them where these are few."""
    first, last = group[0][0], max(end for _, end in group)
    least = width / WIDEST_DAY if alone or last - first > 2 else AROUND
    more = max(0.0, least - (last - first)) / 2
    return first - more, last + more


# --- cells --------------------------------------------------------------------------------------------------


def cells(piece: Piece) -> Iterator[Cell]:
    """The finest calendar cells that are wide enough to bear a name."""
    units = ((54.0, _days), (76.0, _months), (84.0, _years), (92.0, _decades))
    unit = next((unit for least, unit in units if piece.scale * _LENGTHS[unit] >= least), _centuries)
    for number, (start, end, full, names) in enumerate(unit(piece.day(piece.left), piece.day(piece.right))):
        left, right = max(piece.left, piece.at(start)), min(piece.right, piece.at(end))
        if right > left:
            yield Cell(left, right, full, names, shaded=number % 2 == 1)


def ticks(piece: Piece) -> Iterator[float]:
    """Where the days, months, years or decades begin that are too narrow for cells and wide enough to be seen."""
    for least, most, unit in ((9.0, 54.0, _days), (9.0, 76.0, _months), (9.0, 84.0, _years), (9.0, 92.0, _decades)):
        if least <= piece.scale * _LENGTHS[unit] < most:
            for start, *_ in unit(piece.day(piece.left), piece.day(piece.right)):
                if piece.left < piece.at(start) < piece.right:
                    yield piece.at(start)
            return


Named = tuple[float, float, str, tuple[str, ...]]


def _days(first: float, last: float) -> Iterator[Named]:
    for number in range(max(1, int(first // 1)), min(_END, int(last // 1) + 1)):
        day = date.fromordinal(number)
        full = f"{_MONTHS[day.month - 1]} {day.day}"
        yield number, number + 1, full, ((full, str(day.day)) if day.day == 1 else (str(day.day),))


def _months(first: float, last: float) -> Iterator[Named]:
    begin, end = _clamped(first), _clamped(last)
    for number in range(12 * begin.year + begin.month - 1, 12 * end.year + end.month):
        year, month = divmod(number, 12)
        full = f"{_MONTHS[month]} {year}"
        names = (full, str(year)) if month == 0 else (_MONTHS[month],)
        yield _start(year, month), _start(*divmod(number + 1, 12)), full, names


def _years(first: float, last: float) -> Iterator[Named]:
    for year in range(_clamped(first).year, _clamped(last).year + 1):
        yield _start(year), _start(year + 1), str(year), (str(year),)


def _decades(first: float, last: float, length: int = 10) -> Iterator[Named]:
    for year in range(_clamped(first).year // length * length, _clamped(last).year + 1, length):
        yield _start(year), _start(year + length), f"{year}s", (f"{year}s",)


def _centuries(first: float, last: float) -> Iterator[Named]:
    return _decades(first, last, 100)


def _clamped(day: float) -> date:
    return date.fromordinal(min(_END - 1, max(1, int(day))))


def _start(year: int, month: int = 0) -> float:
    """The first day of a month, counted from 0; the calendar's ends beyond them."""
    if year < 1:
        return 1
    return date(year, month + 1, 1).toordinal() if year <= MAXYEAR else _END


_LENGTHS = {_days: 1.0, _months: _YEAR / 12, _years: _YEAR, _decades: 10 * _YEAR}  # days

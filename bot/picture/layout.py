"""Where everything of the picture stands, in pixels; nothing is drawn here.

A ruler in the middle tells the scale. The marks of the events stand beside it, their labels above and, where there
are many, also below, joined by leaders. Laws: no two labels touch, no two leaders cross, all lies within the margins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.message import Dot
from bot.model import Precision
from bot.picture.axis import Axis, Cell, Piece, axis, cells, covered, ticks
from bot.picture.labels import spread, written

WIDTH = 1200  # pixels; shown 360 wide on a phone, so that 34 pixels are a letter of 10
MARGIN = 48.0
RULER = 44.0  # height
OFF = 26.0  # from the ruler to the middle of the marks
DOT = 26.0  # diameter of a mark
BAR = 20.0  # height of a range
PILL = 40.0  # narrowest range
LANE = 26.0  # between bars that lie over one another
GAP = 26.0  # between labels
LEADER = (46.0, 128.0)  # height, least and most
ONE_ROW = 5  # labels that may stand in one row
ASLANT = 150.0  # from a mark to its label, the farthest at which one row is enough
SIZES = (44, 42, 40, 38, 36)  # of dates, the largest that fits
SMALL = 0.82  # of the year and number, to the date
LINE = 1.16  # height of a line, to its size
COLUMNS = (14, 8)  # characters of a line, wide and narrow
NAMES = 27  # size of the ruler's names
LEGEND = 30  # size

Measure = Callable[[str, float], float]  # text, size -> width


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text, middle on `x`, from `top` on; `accent` is a last part that bears the event's colour."""

    text: str
    x: float
    top: float
    size: float
    accent: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    dot: Dot
    lines: tuple[Words, ...]
    box: Box


@dataclass(frozen=True, slots=True)
class Mark:
    """A dot at `at`, or the bar from `left` to `right`; `soft` where the days are not known."""

    dot: Dot
    left: float
    right: float
    at: float
    y: float
    soft: bool

    @property
    def is_bar(self) -> bool:
        return self.right - self.left > DOT + 0.01


@dataclass(frozen=True, slots=True)
class Leader:
    """From a mark to its label."""

    dot: Dot
    start: tuple[float, float]
    end: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Tile:
    """A cell of the ruler."""

    box: Box
    shaded: bool
    name: Words | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """The ruler between two breaks; `ticks` are finer than its tiles."""

    box: Box
    tiles: tuple[Tile, ...]
    ticks: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    height: int
    ruler: tuple[Stretch, ...]
    marks: tuple[Mark, ...]
    leaders: tuple[Leader, ...]
    labels: tuple[Label, ...]
    legend: tuple[tuple[str, Box], ...]


@dataclass(frozen=True, slots=True)
class _Event:
    """An event on its way: its mark along the line, where its leader begins, and its label's lines and width."""

    dot: Dot
    left: float
    right: float
    at: float
    lane: int = 0
    lines: tuple[tuple[str, str, float], ...] = ()  # text, accent, size
    width: float = 0.0
    x: float = 0.0

    @property
    def height(self) -> float:
        return sum(size * LINE for *_, size in self.lines)


def layout(dots: Sequence[Dot], measure: Measure) -> Layout:
    """The picture of `dots`, of which there is at least one."""
    line = axis([dot.when for dot in dots], MARGIN, WIDTH - MARGIN)
    events = sorted((_event(dot, line) for dot in dots), key=lambda event: (event.at, event.dot.number))
    above, below = _rows(events, measure)
    top = MARGIN + max(event.height for event in above)
    middle = top + _reach(above)  # top of the ruler
    bottom = middle + RULER + _reach(below) if below else middle + RULER
    end = bottom + max((event.height for event in below), default=0.0)
    marks, leaders, labels = [], [], []
    for row, sign, edge, far in ((above, -1.0, middle, top), (below, 1.0, middle + RULER, bottom)):
        for event in row:
            y = edge + sign * (OFF + event.lane * LANE)
            soft = event.dot.when.precision not in {Precision.DAY, Precision.RANGE}
            marks.append(Mark(event.dot, event.left, event.right, event.at, y, soft))
            leaders.append(Leader(event.dot, (event.at, y + sign * BAR / 2), (event.x, far - sign * 4)))
            labels.append(_label(event, far - event.height if sign < 0 else far))
    legend = _legend(dots, end + 30, measure)
    foot = legend[-1][1].bottom + 36 if legend else end + (MARGIN if below else 40)
    ruler = tuple(_stretch(piece, middle, measure) for piece in line.pieces)
    return Layout(round(foot), ruler, tuple(marks), tuple(leaders), tuple(labels), legend)


def _event(dot: Dot, line: Axis) -> _Event:
    first, last = covered(dot.when)
    left, right = line.at(first), line.at(last)
    middle = (left + right) / 2
    if dot.when.precision is Precision.DAY:
        return _Event(dot, middle - DOT / 2, middle + DOT / 2, middle)
    short = max(0.0, PILL - (right - left)) / 2
    return _Event(dot, left - short, right + short, middle)


# --- rows ---------------------------------------------------------------------------------------------------


def _rows(events: Sequence[_Event], measure: Measure) -> tuple[list[_Event], list[_Event]]:
    """The events of the row above and of the row below, their labels in place: the largest letters that fit."""
    for size in SIZES[:3]:
        row = _placed(events, size, COLUMNS[0], measure)
        if len(events) <= ONE_ROW and _fits(row) and _slant(row) <= ASLANT:
            return row, []
    halves = events[::2], events[1::2]
    for columns in COLUMNS:
        for size in SIZES:
            rows = [_placed(half, size, columns, measure) for half in halves]
            if all(map(_fits, rows)):
                return rows[0], rows[1]
    size, columns = SIZES[-1], COLUMNS[-1]  # wider than ever met: smaller letters, until there is room
    while True:
        size -= 2
        rows = [_placed(half, size, columns, measure) for half in halves]
        if all(map(_fits, rows)):
            return rows[0], rows[1]


def _fits(row: Sequence[_Event]) -> bool:
    return not row or (
        row[0].x - row[0].width / 2 >= MARGIN - 0.01 and row[-1].x + row[-1].width / 2 <= WIDTH - MARGIN + 0.01
    )


def _slant(row: Sequence[_Event]) -> float:
    return max((abs(event.x - event.at) for event in row), default=0.0)


def _reach(row: Sequence[_Event]) -> float:
    """From the ruler to the labels: the more aslant the leaders, the longer."""
    lanes = max((event.lane for event in row), default=0)
    return OFF + DOT / 2 + lanes * LANE + min(LEADER[1], LEADER[0] + 0.3 * _slant(row))


def _placed(events: Sequence[_Event], size: float, columns: int, measure: Measure) -> list[_Event]:
    """The events of one row: marks side by side, bars in lanes, labels as near to their marks as there is room."""
    row = [_lettered(event, size, columns, measure) for event in _in_lanes(_apart(events))]
    places = spread([one.at for one in row], [one.width for one in row], GAP, MARGIN, WIDTH - MARGIN)
    return [replace(event, x=x) for event, x in zip(row, places, strict=True)]


def _apart(events: Sequence[_Event]) -> list[_Event]:
    """Marks that would hide one another stand side by side; a bar's leader begins where it is free."""
    wanted = [event.at for event in events]
    places = spread(wanted, [DOT] * len(wanted), 4.0, MARGIN, WIDTH - MARGIN)
    moved = []
    for event, at in zip(events, places, strict=True):
        if event.dot.when.precision is Precision.DAY:
            moved.append(replace(event, left=at - DOT / 2, right=at + DOT / 2, at=at))
        else:  # it goes no farther than its leader has to
            moved.append(
                replace(event, left=min(event.left, at - DOT / 2), right=max(event.right, at + DOT / 2), at=at)
            )
    return moved


def _in_lanes(events: Sequence[_Event]) -> list[_Event]:
    """Bars over one another get a lane each, the longest next to the ruler; dots stand on the first."""
    taken: list[list[_Event]] = []
    lanes: dict[Dot, int] = {}
    bars = [event for event in events if event.dot.when.precision is not Precision.DAY]
    for bar in sorted(bars, key=lambda bar: bar.left - bar.right):
        free = (
            n for n, lane in enumerate(taken) if all(o.right + 4 < bar.left or bar.right + 4 < o.left for o in lane)
        )
        lane = next(free, len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append(bar)
        lanes[bar.dot] = lane
    return [replace(event, lane=lanes.get(event.dot, 0)) for event in events]


def _lettered(event: _Event, size: float, columns: int, measure: Measure) -> _Event:
    date, year = written(event.dot, columns)
    number = f"[{event.dot.number}]"
    small = size * SMALL
    lines = (*((line, "", size) for line in date), (year, number, small))
    width = max(measure(f"{text} {accent}".strip(), height) for text, accent, height in lines)
    return replace(event, lines=lines, width=width)


def _label(event: _Event, top: float) -> Label:
    lines, y = [], top
    for text, accent, size in event.lines:
        lines.append(Words(text, event.x, y, size, accent))
        y += size * LINE
    half = event.width / 2
    return Label(event.dot, tuple(lines), Box(event.x - half, top, event.x + half, y))


# --- ruler and legend ---------------------------------------------------------------------------------------


def _stretch(piece: Piece, top: float, measure: Measure) -> Stretch:
    """A piece of the ruler; the first of its names that can be is full."""
    tiles: list[Tile] = []
    named = list(cells(piece))
    full = next((n for n, cell in enumerate(named) if measure(cell.full, NAMES) <= _room(cell)), 0)
    for n, cell in enumerate(named):
        names = (cell.full, *cell.names) if n == full else cell.names
        name = next((name for name in names if measure(name, NAMES) <= _room(cell)), "")
        words = Words(name, (cell.left + cell.right) / 2, top + (RULER - NAMES * LINE) / 2, NAMES) if name else None
        tiles.append(Tile(Box(cell.left, top, cell.right, top + RULER), cell.shaded, words))
    return Stretch(Box(piece.left, top, piece.right, top + RULER), tuple(tiles), tuple(ticks(piece)))


def _room(cell: Cell) -> float:
    return cell.right - cell.left - 12


def _legend(dots: Sequence[Dot], top: float, measure: Measure) -> tuple[tuple[str, Box], ...]:
    """The marks that need explaining, and where their words stand; nothing where none does."""
    needed = [("planned", any(dot.planned for dot in dots)), ("inferred", any(dot.inferred for dot in dots))]
    entries, x = [], MARGIN + DOT + 14
    for name, is_needed in needed:
        if is_needed:
            entries.append((name, Box(x, top, x + measure(name, LEGEND), top + LEGEND * LINE)))
            x = entries[-1][1].right + 44 + DOT + 14
    return tuple(entries)

"""The layout on paper: the only file that knows Pillow, which is imported when the first picture is drawn.

Letters are set in the font that comes with Pillow, Aileron by Sora Sagano (CC0), so that no system font is needed.
Shapes are drawn larger and reduced, which smooths their edges.
"""

from __future__ import annotations

import io
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.message import Dot
from bot.picture.layout import BAR, DOT, LINE, RULER, WIDTH, Box, Layout, Leader, Mark, Words

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

FINER = 3  # times larger before it is reduced
STEPS = 24  # straight pieces of a leader

PAPER, INK, GREY = "#fdfcf9", "#1c2630", "#5c6773"
CELL, SHADED, NAME = "#eef0f1", "#e0e4e7", "#5c6773"
LEADER, TICK = "#b9c1c9", "#c3c9ce"
TOLD, PLANNED = "#1f5f9e", "#b3500f"  # apart for the colour-blind too, and by shape
SOFT = {TOLD: "#a9c4de", PLANNED: "#e8c3a4"}


@cache
def _font(size: float) -> FreeTypeFont:
    from PIL import ImageFont

    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


def measure(text: str, size: float) -> float:
    """Width of `text` in pixels, at the weight in which dates are set."""
    return _font(size).getlength(text) + 2


def paint(plan: Layout) -> bytes:
    """The picture as PNG; the same bytes for the same layout."""
    from PIL import Image

    fine = Image.new("RGB", (WIDTH * FINER, plan.height * FINER), PAPER)
    _draw(fine, plan)
    image = fine.reduce(FINER)
    _letter(image, plan)
    return _png(image)


def _draw(fine: Image, plan: Layout) -> None:
    from PIL import ImageDraw

    pen = ImageDraw.Draw(fine)
    _ruler(pen, plan)
    for mark in sorted(plan.marks, key=lambda mark: mark.left - mark.right):
        _bar(fine, pen, mark)
    for wide, colour in ((10, PAPER), (3, LEADER)):  # where a leader passes a bar of another event, it interrupts it
        for leader in plan.leaders:
            pen.line(_curve(leader), colour, width=wide * FINER, joint="curve")
    for mark in plan.marks:
        _dot(pen, mark)
    for name, box in plan.legend:
        x, y = box.left - 14 - DOT, (box.top + box.bottom) / 2 + 1
        _dot(pen, Mark(_example(plan, name), x, x + DOT, x + DOT / 2, y, soft=False))


def _letter(image: Image, plan: Layout) -> None:
    from PIL import ImageDraw

    pen = ImageDraw.Draw(image)
    for label in plan.labels:
        for words in label.lines[:-1]:
            _write(pen, words, INK, weight=0.7)
        _write(pen, label.lines[-1], GREY, _colour(label.dot))
    for tile in (tile for stretch in plan.ruler for tile in stretch.tiles):
        if tile.name:
            _write(pen, tile.name, NAME)
    for name, box in plan.legend:
        pen.text((box.left, box.top), name, GREY, _font((box.bottom - box.top) / LINE))


def _png(image: Image) -> bytes:
    """With a palette, which makes the file a third as large."""
    from PIL import Image

    file = io.BytesIO()
    image.quantize(palette=_palette(), dither=Image.Dither.NONE).save(file, "PNG")
    return file.getvalue()


@cache
def _palette() -> Image:
    """Every colour in use, and those between it and the paper for smooth edges."""
    from PIL import Image, ImageColor

    shades: list[int] = []
    paper = ImageColor.getrgb(PAPER)
    for name in (INK, GREY, LEADER, CELL, SHADED, TICK, TOLD, PLANNED, *SOFT.values()):
        colour = ImageColor.getrgb(name)
        shades += [round(a + (b - a) * step / 19) for step in range(20) for a, b in zip(paper, colour, strict=True)]
    image = Image.new("P", (1, 1))
    image.putpalette(shades)
    return image


def _example(plan: Layout, name: str) -> Dot:
    return next(mark.dot for mark in plan.marks if getattr(mark.dot, name))


def _colour(dot: Dot) -> str:
    return PLANNED if dot.planned else TOLD


def _write(pen: ImageDraw, words: Words, colour: str, accent: str = "", weight: float = 0.0) -> None:
    """A line about its middle; `words.accent` behind it in the colour `accent`."""
    font = _font(words.size)
    text = f"{words.text} " if words.text and words.accent else words.text
    x = words.x - font.getlength(f"{text}{words.accent}") / 2
    pen.text((x, words.top), text, colour, font, stroke_width=weight, stroke_fill=colour)
    if words.accent:
        pen.text((x + font.getlength(text), words.top), words.accent, accent, font)


# --- shapes, in pixels of the finer drawing -------------------------------------------------------------------


def _fine(*places: float) -> tuple[float, ...]:
    return tuple(place * FINER for place in places)


def _curve(leader: Leader) -> list[tuple[float, float]]:
    """Upright at both ends, so that it leaves its mark and meets its label straight."""
    (x, y), (to_x, to_y) = leader.start, leader.end
    points = []
    for step in range(STEPS + 1):
        t = step / STEPS
        bent = t * t * (3 - 2 * t)
        points.append(((x + (to_x - x) * bent) * FINER, (y + (to_y - y) * t) * FINER))
    return points


def _ruler(pen: ImageDraw, plan: Layout) -> None:
    for stretch in plan.ruler:
        for tile in stretch.tiles:
            box = tile.box
            pen.rectangle(_fine(box.left, box.top, box.right, box.bottom), SHADED if tile.shaded else CELL)
        for x in stretch.ticks:
            for top, bottom in ((stretch.box.top, stretch.box.top + 6), (stretch.box.bottom - 6, stretch.box.bottom)):
                pen.rectangle(_fine(x - 1, top, x + 1, bottom), TICK)
    boxes = [stretch.box for stretch in plan.ruler]
    for before, after in pairwise(boxes):
        _break(pen, before, after)


def _break(pen: ImageDraw, before: Box, after: Box) -> None:
    """Two slanted strokes between torn ends."""
    lean = RULER * 0.18
    for edge, way in ((before.right, 1.0), (after.left, -1.0)):
        cut = ((edge - way * lean - lean, before.bottom + 1), (edge - way * lean + lean, before.top - 1))
        outer = edge + way * lean * 2
        corners = (*cut, (outer, before.top - 1), (outer, before.bottom + 1))
        pen.polygon([(x * FINER, y * FINER) for x, y in corners], PAPER)
        stroke = [
            (x * FINER, y * FINER)
            for x, y in ((cut[0][0] + way * 7, cut[0][1] + 5), (cut[1][0] + way * 7, cut[1][1] - 5))
        ]
        pen.line(stroke, GREY, width=round(2.5 * FINER))


def _dot(pen: ImageDraw, mark: Mark) -> None:
    """A dot, hollow if planned, square on its corner if inferred; on a soft bar where it bears a mark."""
    dot, x, y = mark.dot, mark.at, mark.y
    if mark.is_bar and not (mark.soft and (dot.planned or dot.inferred)):
        return
    for grown, fill in ((3.5, PAPER), (0.0, _colour(dot)), *(((-5.0, PAPER),) if dot.planned else ())):
        radius = DOT / 2 + grown
        if dot.inferred:
            radius += 2
            corners = ((x - radius, y), (x, y - radius), (x + radius, y), (x, y + radius))
            pen.polygon([(a * FINER, b * FINER) for a, b in corners], fill)
        else:
            pen.ellipse(_fine(x - radius, y - radius, x + radius, y + radius), fill)


def _bar(image: Image, pen: ImageDraw, mark: Mark) -> None:
    """A range from day to day, hollow if planned, pointed if inferred; soft where its days are not known."""
    if not mark.is_bar:
        return
    if mark.soft:
        _soft_bar(image, mark)
        return
    for grown, fill in ((3.5, PAPER), (0.0, _colour(mark.dot)), *(((-4.5, PAPER),) if mark.dot.planned else ())):
        half = BAR / 2 + grown
        left, right, y = mark.left - grown, mark.right + grown, mark.y
        if mark.dot.inferred:
            upper = ((left, y), (left + half, y - half), (right - half, y - half), (right, y))
            lower = ((right - half, y + half), (left + half, y + half))
            pen.polygon([(a * FINER, b * FINER) for a, b in (*upper, *lower)], fill)
        else:
            pen.rounded_rectangle(_fine(left, y - half, right, y + half), half * FINER, fill)


def _soft_bar(image: Image, mark: Mark) -> None:
    """It fades out at its ends."""
    from PIL import Image

    left, top, right, bottom = (
        round(place) for place in _fine(mark.left, mark.y - BAR / 2 + 1, mark.right, mark.y + BAR / 2 - 1)
    )
    width, height = right - left, bottom - top
    fade = min(width // 3, 48 * FINER)
    ramp = Image.linear_gradient("L").rotate(90).resize((fade, height))  # dark to light, left to right
    mask = Image.new("L", (width, height), 255)
    mask.paste(ramp, (0, 0))
    mask.paste(ramp.rotate(180), (width - fade, 0))
    image.paste(SOFT[_colour(mark.dot)], (left, top, right, bottom), mask)

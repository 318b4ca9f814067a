"""The picture of a timeline: laws of its layout for any dates, and what is said of it in words."""

from __future__ import annotations

import io
import random
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageColor

from bot import dates
from bot.dates import values
from bot.message import Bullet, Dot, Message, Picture, Text, dumps, loads
from bot.model import Precision, When
from bot.picture import MOST, alt, drawn, picture
from bot.picture.axis import axis, covered
from bot.picture.labels import spread, written
from bot.picture.layout import MARGIN, WIDTH, Box, Layout, layout
from bot.picture.painting import PAPER, measure, paint


def day(text: str) -> When:
    return When.day(date.fromisoformat(text))


def dots(*whens: When | None) -> tuple[Dot, ...]:
    return tuple(Dot(when, number) for number, when in enumerate(whens, 1) if when)


SEEDS = (
    Dot(day("2018-06-12"), 1),
    Dot(day("2019-01-31"), 2, inferred=True),
    Dot(day("2019-02-05"), 3, inferred=True),
    Dot(day("2019-02-17"), 4, planned=True),
    Dot(When(date(2019, 2, 27), date(2019, 2, 28), Precision.RANGE), 5, planned=True),
    Dot(When(date(1950, 1, 1), date(1953, 12, 31), Precision.YEAR), 6),
)
WEEK = dots(*(day(f"2019-02-{18 + n // 2}") for n in range(12)))
SEVENTY_YEARS = dots(*(day(f"{1950 + 6 * n}-03-09") for n in range(12)))
ONE_DAY = dots(*[day("2019-02-27")] * 12)
WARS = dots(
    When(date(1939, 9, 1), date(1945, 5, 8), Precision.RANGE),
    values.a_decade(1950),
    values.a_century(1900),
    values.a_year(1968),
    day("1989-11-09"),
    When(date(1990, 12, 28), date(1991, 1, 3), Precision.RANGE),
)
ENDS_OF_TIME = dots(day("0001-01-01"), day("9999-12-31"), day("2000-01-01"))
LONG_NAMES = dots(*(When(date(2001 + n, 12, 28), date(2002 + n, 9, 30), Precision.RANGE) for n in range(12)))
PICTURES = {
    "seeds": SEEDS,
    "week": WEEK,
    "seventy years": SEVENTY_YEARS,
    "one day": ONE_DAY,
    "wars": WARS,
    "ends of time": ENDS_OF_TIME,
    "long names": LONG_NAMES,
}
any_of = pytest.mark.parametrize("line", PICTURES.values(), ids=PICTURES)


@st.composite
def whens(draw: st.DrawFn) -> When:
    first = draw(st.one_of(st.dates(), st.dates(date(2018, 1, 1), date(2019, 12, 31))))
    length = draw(st.sampled_from([1, 2, 7, 30, 91, 365, 3652, 36524]))
    made = {
        Precision.DAY: When.day(first),
        Precision.WEEK: values.a_week(first),
        Precision.MONTH: values.a_month(first.year, first.month),
        Precision.QUARTER: values.quarter_of(first),
        Precision.YEAR: values.a_year(first.year),
        Precision.DECADE: values.a_decade(first.year),
        Precision.CENTURY: values.a_century(first.year),
        Precision.RANGE: When(first, min(first, date.max - timedelta(length)) + timedelta(length), Precision.RANGE),
    }
    found = made[draw(st.sampled_from(list(made)))]
    return found or When.day(first)


@st.composite
def lines(draw: st.DrawFn) -> tuple[Dot, ...]:
    """Any events that a picture could be asked for."""
    marks = draw(st.lists(st.tuples(whens(), st.sampled_from(["", "planned", "inferred"])), min_size=1, max_size=MOST))
    start = draw(st.integers(1, 90))
    return tuple(
        Dot(when, number, planned=mark == "planned", inferred=mark == "inferred")
        for number, (when, mark) in enumerate(marks, start)
    )


# --- layout -------------------------------------------------------------------------------------------------


def boxes(plan: Layout) -> list[Box]:
    """Every box that holds words, and every mark."""
    names = [tile.box for stretch in plan.ruler for tile in stretch.tiles if tile.name]
    return [*(label.box for label in plan.labels), *names, *(box for _, box in plan.legend)]


def assert_legible(plan: Layout, line: Sequence[Dot]) -> None:
    assert {label.dot for label in plan.labels} == {mark.dot for mark in plan.marks} == set(line)
    assert not any(one.overlaps(other) for one, other in combinations(boxes(plan), 2))
    for box in boxes(plan):
        assert MARGIN - 0.1 <= box.left < box.right <= WIDTH - MARGIN + 0.1
        assert 0 < box.top < box.bottom < plan.height
    assert all(words.size >= 22 for label in plan.labels for words in label.lines)


@given(lines())
def test_no_labels_overlap_and_all_lies_within_the_margins(line):
    assert_legible(layout(line, measure), line)


@any_of
def test_no_labels_of_known_hard_lines_overlap(line):
    assert_legible(layout(line, measure), line)


@given(lines())
def test_no_leaders_cross(line):
    plan = layout(line, measure)
    for below in (False, True):
        row = [one for one in plan.leaders if (one.end[1] > one.start[1]) is below]
        for before, after in pairwise(sorted(row, key=lambda leader: leader.end)):
            assert before.start[0] <= after.start[0]


@given(lines())
def test_a_picture_has_the_shape_of_a_picture(line):
    height = layout(line, measure).height
    assert WIDTH / 5 <= height <= WIDTH


@given(st.lists(whens(), min_size=1, max_size=MOST))
def test_later_days_stand_farther_right_and_in_the_ruler(found):
    line = axis(found, 0, 1000)
    days = sorted(end for when in found for end in covered(when))
    places = [line.at(one) for one in days]
    assert places == sorted(places)
    assert places[0] >= 0
    assert places[-1] <= 1000.001


@pytest.mark.parametrize(
    ("line", "pieces"), [(SEEDS, 3), (WEEK, 1), (SEVENTY_YEARS, 1), (ONE_DAY, 1), (SEEDS[:5], 2), (SEEDS[2:5], 1)]
)
def test_the_line_is_broken_where_nothing_happened_for_long_and_else_it_would_be_crowded(line, pieces):
    assert len(layout(line, measure).ruler) == pieces


def test_within_a_piece_days_are_to_scale():
    line = axis([dot.when for dot in SEVENTY_YEARS], 0, 1000)
    places = [line.at(dot.when.first.toordinal()) for dot in SEVENTY_YEARS]
    steps = [after - before for before, after in pairwise(places)]
    assert max(steps) - min(steps) < 0.01 * steps[0]


@given(
    st.lists(st.tuples(st.floats(0, 1000), st.floats(1, 60)), min_size=1, max_size=12).map(sorted),
    st.floats(0, 10),
)
def test_what_is_spread_keeps_its_order_and_its_gaps(pairs, gap):
    wanted, widths = [place for place, _ in pairs], [width for _, width in pairs]
    places = spread(wanted, widths, gap, 0, 1000)
    for (a, wide), (b, other) in pairwise(zip(places, widths, strict=True)):
        assert b - a >= (wide + other) / 2 + gap - 0.001
    assert places[0] - widths[0] / 2 >= -0.001
    assert places[-1] + widths[-1] / 2 <= 1000.001


def test_what_has_room_is_not_moved():
    assert spread([100, 300, 500], [50, 50, 50], 10, 0, 1000) == pytest.approx([100, 300, 500])


@pytest.mark.parametrize(
    ("when", "told"),
    [
        (day("2018-06-12"), (("Jun 12",), "2018")),
        (When(date(2019, 2, 27), date(2019, 2, 28), Precision.RANGE), (("Feb 27-28",), "2019")),
        (values.a_month(2018, 5), (("May",), "2018")),
        (When(date(1950, 1, 1), date(1953, 12, 31), Precision.YEAR), (("1950-1953",), "")),
        (values.a_year(2018), (("2018",), "")),
        (values.a_decade(1950), (("the 1950s",), "")),
        (values.a_quarter(2019, 1), (("1st quarter",), "2019")),
        (values.part(When(date(2019, 2, 1), date(2019, 2, 28), Precision.MONTH), "END"), (("late Feb",), "2019")),
        (When(date(1990, 12, 28), date(1991, 1, 3), Precision.RANGE), (("Dec 28, 1990 -", "Jan 3, 1991"), "")),
    ],
)
def test_a_label_says_the_date_in_few_letters(when, told):
    assert written(Dot(when, 1), 14) == told


@given(whens())
def test_a_label_holds_every_number_of_its_date(when):
    for columns in (14, 8):
        lines, year = written(Dot(when, 1), columns)
        words = " ".join((*lines, year))
        assert [word for word in dates.show(when).replace(",", "").split() if word.isdecimal()] == [
            word for word in words.replace(",", "").split() if word.isdecimal()
        ]


# --- the image ----------------------------------------------------------------------------------------------


@any_of
def test_it_is_a_png_that_a_phone_can_show(line):
    png = picture(line).png
    with Image.open(io.BytesIO(png)) as image:
        assert image.format == "PNG"
        assert image.width == WIDTH
        assert image.convert("RGB").getpixel((2, 2)) == ImageColor.getrgb(PAPER)
    assert len(png) < 60_000


@any_of
def test_the_same_events_are_the_same_bytes_in_whatever_order_they_come(line):
    first = picture(line).png
    assert picture(line).png == first
    if len({dot.when for dot in line}) == len(line):
        mixed = list(line)
        random.Random(1).shuffle(mixed)
        assert picture(mixed).png == first


def test_planned_inferred_and_told_look_different():
    told = Dot(day("2019-02-05"), 2)
    others = dots(day("2019-01-01"), None, day("2019-03-01"))
    pictures = {
        picture((*others, dot)).png for dot in (told, Dot(told.when, 2, planned=True), Dot(told.when, 2, inferred=True))
    }
    assert len(pictures) == 3


@pytest.mark.parametrize(
    ("line", "explained"), [(WEEK, []), (SEEDS[:3], ["inferred"]), (SEEDS, ["planned", "inferred"])]
)
def test_a_legend_explains_what_is_there_and_nothing_else(line, explained):
    assert [name for name, _ in layout(line, measure).legend] == explained


def test_more_events_than_fit_are_left_out():
    assert (
        picture(dots(*(day(f"2019-02-{n:02}") for n in range(1, 20)))).png
        == picture(dots(*(day(f"2019-02-{n:02}") for n in range(1, 13)))).png
    )


# --- in words, and in a message -----------------------------------------------------------------------------


@given(lines())
def test_the_words_name_every_event_with_its_number(line):
    told = alt(line)
    assert told.startswith(f"Timeline of {len(line)} event")
    for dot in line:
        assert (
            f"{dates.show(dot.when)}{' (planned)' * dot.planned}{' (inferred)' * dot.inferred} [{dot.number}]" in told
        )


def test_the_words_are_in_order_and_say_from_when_to_when():
    assert alt(SEEDS) == (
        "Timeline of 6 events from 1950-1953 to February 27-28, 2019: 1950-1953 [6]; June 12, 2018 [1]; "
        "January 31, 2019 (inferred) [2]; February 5, 2019 (inferred) [3]; February 17, 2019 (planned) [4]; "
        "February 27-28, 2019 (planned) [5]."
    )


def test_a_message_is_frozen_with_its_events_and_drawn_when_it_is_sent():
    message = Message((Bullet((Text("June 12, 2018"),)),), SEEDS)
    frozen = dumps(message)
    assert loads(frozen) == message
    assert len(frozen) < 2000
    sent = drawn(loads(frozen))
    assert sent.blocks == (*message.blocks, Picture(picture(SEEDS).png, alt(SEEDS)))
    assert drawn(sent) == sent


def test_nothing_is_imported_before_something_is_drawn():
    code = "import sys, bot.picture, bot.commands, bot.verbs; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_a_picture_costs_is_printed():
    plan = layout(SEEDS, measure)
    began = time.process_time()
    for _ in range(5):
        paint(plan)
    drawing = (time.process_time() - began) / 5
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"a picture: {drawing * 1000:.0f} ms, {len(paint(plan))} bytes; peak memory of the process {peak} MB")

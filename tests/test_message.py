from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.message import Code, Link, Message, Moment, Paragraph, Picture, Quotation, Text, dumps, loads, own
from bot.model import Citation, Passage, shown


def test_a_frozen_message_thaws_to_the_same():
    message = Message(
        (
            Paragraph((Text("a"), Link("label", "https://example.org"), Quotation(Passage(1, 2, 3, 4), "…x…"))),
            Paragraph((Moment(datetime(2026, 3, 2, tzinfo=UTC), "Asia/Seoul"),)),
            Picture(b"\x89PNG", "a line of dates"),
        )
    )
    frozen = (message, (Citation(1, Passage(1, 1, 0, 5), (Passage(2, 1, 0, 5),)),), "summit")
    assert loads(dumps(frozen)) == frozen


@given(st.text())
def test_frozen_text_is_the_same_text(text):
    assert loads(dumps(Text(text))) == Text(text)


@given(st.text())
def test_what_is_shown_stays_as_it_is_when_shown_again(raw):
    once = shown(raw)
    assert shown(once) == once


@given(st.text())
def test_showing_drops_nothing_but_white_space_and_controls(raw):
    kept = "".join(raw.split())
    assert [c for c in "".join(shown(raw).split()) if c.isalnum()] == [c for c in kept if c.isalnum()]


def test_white_space_folds_and_bidi_controls_go():
    assert shown("The\n two\xa0sides\t\u202emet\u2066.\x07") == "The two sides met."


def test_what_stands_between_backticks_is_something_to_type():
    assert own("Type `!help` first.") == (Text("Type "), Code("!help"), Text(" first."))


def test_a_lone_backtick_is_left_alone():
    assert own("What is ` there?") == (Text("What is ` there?"),)

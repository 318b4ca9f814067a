"""The contract of every renderer: nothing is lost, nothing breaks out, no line is too long."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import terminal
from bot.message import (
    Action,
    Bullet,
    Cite,
    Code,
    Heading,
    Headline,
    Link,
    Message,
    Moment,
    Note,
    Paragraph,
    Place,
    Quotation,
    Quote,
    Strong,
    Text,
)
from bot.model import Passage, shown
from tests.seen import on_discord, on_slack, read_aloud_on_slack

RENDERERS: dict[str, Callable[[Message], str]] = {
    "terminal": terminal.render,
    "terminal, styled": lambda message: re.sub("\x1b\\[\\d*m", "", terminal.render(message, styled=True)),
    "discord": on_discord,
    "slack": on_slack,
    "slack, read aloud": read_aloud_on_slack,
}
SPANS = st.one_of(
    st.builds(Text, st.text(min_size=1)),
    st.builds(Strong, st.text(min_size=1)),
    st.builds(Code, st.text(min_size=1)),
    st.builds(Link, st.text(min_size=1), st.just("https://example.org/a")),
    st.builds(Quotation, st.just(Passage(1, 1, 0, 9)), st.text(min_size=1).map(shown), st.booleans()),
    st.builds(Headline, st.just(1), st.just(1), st.text(min_size=1).map(shown)),
    st.builds(Cite, st.integers(1, 99)),
    st.sampled_from([Place("C0123ABC"), Place("300000000000000002"), Place("not-in-reach")]),
    st.just(Moment(datetime(2026, 3, 2, 8, tzinfo=UTC), "Asia/Seoul")),
)
ROWS = st.lists(SPANS, min_size=1, max_size=5).map(tuple)
BLOCKS = st.one_of(
    *(st.builds(kind, ROWS) for kind in (Heading, Paragraph, Bullet, Quote, Note)),
    st.builds(Action, st.just("More"), st.just("!more")),
)
MESSAGES = st.lists(BLOCKS, max_size=6).map(lambda blocks: Message(tuple(blocks)))


def squeezed(text: str) -> str:
    """`text` less white space, controls and the bars that stand before a block quotation's lines."""
    return "".join(c for c in shown(text) if not c.isspace() and c != "|" and unicodedata.category(c) != "Cc")


@pytest.mark.parametrize("render", RENDERERS.values(), ids=RENDERERS)
@given(message=MESSAGES)
def test_every_word_is_rendered(render, message):
    rendered = squeezed(render(message))
    for span in message.spans():
        if isinstance(span, Quotation | Headline | Code):
            assert squeezed(span.text) in rendered


@pytest.mark.parametrize("render", RENDERERS.values(), ids=RENDERERS)
def test_four_hundred_long_sentences_are_all_found_again(render):
    said = [f"Sentence {n} of the hearing {'went on and ' * 12}ended at {n} o’clock." for n in range(400)]
    message = Message(tuple(Bullet((Quotation(Passage(1, 1, n, n + 9), text),)) for n, text in enumerate(said)))
    rendered = squeezed(render(message))
    assert [text for text in said if squeezed(text) not in rendered] == []


@given(message=MESSAGES)
def test_the_terminal_gets_no_control_but_line_ends(message):
    assert not [c for c in terminal.render(message) if unicodedata.category(c) == "Cc" and c != "\n"]


@given(message=MESSAGES, width=st.integers(20, 120))
def test_no_line_is_wider_than_the_terminal(message, width):
    assert all(len(line) <= width for line in terminal.render(message, width).splitlines())


def test_text_cannot_colour_the_screen():
    assert "\x1b" not in terminal.render(Message((Paragraph((Text("\x1b[31mred"),)),)))


def test_stress_is_closed_on_every_line():
    message = Message((Bullet((Strong("one two three four five six seven"),)),))
    for line in terminal.render(message, 20, styled=True).splitlines():
        assert line.count("\x1b[1m") == line.count("\x1b[0m") == 1


def test_a_button_is_a_hint_to_type():
    assert terminal.render(Message((Action("More", "!more"),))).strip() == "-> More: !more"

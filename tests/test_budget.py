"""The limits of the platforms, held for every message: nothing too long, nothing lost, nothing let out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.chat import budget
from bot.chat.discord import render as discord
from bot.chat.pack import address, clean, divided, pack
from bot.chat.slack import render as slack
from bot.message import (
    Action,
    Block,
    Bullet,
    Cite,
    Code,
    Heading,
    Headline,
    Link,
    Message,
    Note,
    Paragraph,
    Picture,
    Quotation,
    Quote,
    Span,
    Strong,
    Text,
)
from bot.model import Passage
from tests.seen import on_discord, on_slack, read_aloud_on_slack, refused_by_discord, refused_by_slack
from tests.test_render import MESSAGES

SHOWN: dict[str, Callable[[Message], str]] = {
    "discord": on_discord,
    "slack": on_slack,
    "slack, read aloud": read_aloud_on_slack,
}
REFUSED: dict[str, Callable[[Message], list[str]]] = {
    "discord": lambda message: [refused_by_discord(payload) for payload in discord(message)],
    "slack": lambda message: [refused_by_slack(payload) for payload in slack(message)],
}
shown = pytest.mark.parametrize("shown", SHOWN.values(), ids=SHOWN)
refused = pytest.mark.parametrize("refused", REFUSED.values(), ids=REFUSED)
NOWHERE = Passage(1, 1, 0, 9)


def quoted(text: str) -> Quotation:
    return Quotation(NOWHERE, text)


def sentence(number: int, letters: str = "abcdefghij") -> str:
    return f"Sentence {number} of {letters * 20} & <counted> * {number}."


def long_answer(kind: Callable[[tuple[Span, ...]], Any]) -> Message:
    told = [kind((quoted(sentence(i)), Text(" "), Cite(i))) for i in range(400)]
    return Message((Heading((Text("Everything"),)), *told, Action("More", "!more")))


# --- nothing is lost, nothing is too long -------------------------------------------------------------------


@shown
@pytest.mark.parametrize("kind", [Paragraph, Bullet, Quote, Note, Heading])
def test_of_four_hundred_long_sentences_none_is_lost(shown, kind):
    told = shown(long_answer(kind))
    assert all(sentence(i) in told for i in range(400))


@refused
@pytest.mark.parametrize("kind", [Paragraph, Bullet, Quote, Note, Heading])
def test_no_message_of_a_long_answer_is_over_a_limit(refused, kind):
    assert not any(refused(long_answer(kind)))


@shown
@pytest.mark.parametrize(
    "words", [" ".join(f"word{i}" for i in range(3000)), "x" * 30_000, "👩‍👩‍👧 " * 3000, "é́" * 9000]
)
def test_one_endless_sentence_is_divided_and_kept(shown, words):
    squeezed = "".join(shown(Message((Paragraph((quoted(words),)),))).split())
    assert squeezed == "".join(words.split())


@refused
@pytest.mark.parametrize("words", ["x" * 30_000, "*" * 9000, "&" * 9000, "<" * 9000, "e" + "\u0301" * 10_000])
def test_one_endless_sentence_stays_within_the_limits(refused, words):
    assert not any(refused(Message((Bullet((quoted(words),)),))))


@refused
@given(message=MESSAGES)
@example(message=Message(()))
def test_no_message_is_refused(refused, message):
    assert not any(refused(message))


@shown
def test_a_sentence_of_words_is_cut_between_words(shown):
    words = [f"word{i}" for i in range(3000)]
    assert shown(Message((Paragraph((quoted(" ".join(words)),)),))).split() == words


def test_a_heading_goes_with_what_it_heads():
    def fits(page):
        return len(page) <= 3

    head, line = Heading((Text("h"),)), Bullet((Text("b"),))
    assert pack([line, line, head, line], fits) == [[line, line], [head, line]]


def digest(stories: int, sentences: int = 3) -> Message:
    blocks: list[Block] = [Heading((Text("Digest · March 2, 2026"),))]
    for i in range(stories):
        blocks += [Heading((Text(f"Story {i}"),)), *[Bullet((quoted(f"Sentence {i} {'x' * 300}."),))] * sentences]
    return Message((*blocks, Action("Briefing", "!summit")))


def test_a_digest_on_slack_is_a_short_message_with_the_rest_for_its_thread():
    root, *rest = slack(digest(6))
    assert budget.units(root["text"]) <= budget.ROOT
    assert "Story 0" in root["text"]
    assert [block["type"] for block in root["blocks"]] == ["header", "rich_text", "actions"]
    assert "\n".join([root["text"], *(one["text"] for one in rest)]).count("Story ") == 6


@pytest.mark.parametrize("render", [discord, slack])
def test_a_digest_of_few_stories_is_one_message(render):
    assert len(render(digest(3, sentences=1))) == 1


def test_the_title_of_a_digest_stands_over_its_stories():
    lines = discord(digest(2, sentences=1))[0].body["content"].splitlines()
    assert [line for line in lines if line.startswith("#")] == [
        "## Digest · March 2, 2026",
        "### Story 0",
        "### Story 1",
    ]


def test_a_paragraph_stands_right_under_its_heading_on_slack():
    heading, line = Heading((Text("How things stand"),)), Paragraph((Text("Well."),))
    assert on_slack(Message((line, heading, line))) == "Well.\n\nHow things stand\nWell.\n\n"


def said(page: Iterable[Block]) -> str:
    return "".join(span.text for span in Message(tuple(page)).spans() if isinstance(span, Text))


@given(st.lists(st.text(min_size=1), min_size=1, max_size=5), st.integers(1, 30))
def test_a_divided_block_says_what_the_whole_said(texts, limit):
    pieces = divided(Paragraph(tuple(Text(text) for text in texts)), lambda page: len(said(page)) <= limit)
    assert "".join(said(pieces).split()) == "".join("".join(texts).split())


# --- buttons ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "most"),
    [(on_discord, budget.DISCORD_CUSTOM_ID), (on_slack, budget.SLACK_VALUE)],
    ids=["discord", "slack"],
)
def test_a_command_too_long_for_a_button_is_a_hint_to_type(shown, most):
    command = "!summit " + "w" * most
    message = Message((Paragraph((Text("Well."),)), Action("Briefing", command)))
    assert f"Briefing: {command}" in shown(message).replace("`", "")
    assert "custom_id" not in repr(discord(message)) or most != budget.DISCORD_CUSTOM_ID


@refused
@shown
def test_more_buttons_than_there_is_room_for_become_hints(refused, shown):
    message = Message((Paragraph((Text("Well."),)), *(Action(f"Label{i}", f"!summit {i}") for i in range(60))))
    assert not any(refused(message))
    if shown is not read_aloud_on_slack:
        told = shown(message)
        assert all(f"Label{i}" in told for i in range(60))


def test_a_button_is_the_command_that_it_types():
    message = Message((Paragraph((Text("Well."),)), Action("More", "!more")))
    assert discord(message)[-1].body["components"][0]["components"][0]["custom_id"] == "!more"
    assert slack(message)[0]["blocks"][-1]["elements"][0]["value"] == "!more"


def test_a_command_offered_twice_is_one_button():
    message = Message((Paragraph((Text("Well."),)), Action("A", "!more"), Action("B", "!more")))
    assert not refused_by_discord(discord(message)[0])


def test_a_picture_on_discord_carries_its_words():
    (payload,) = discord(Message((Picture(b"png", "a line of dates"),)))
    assert payload.png == b"png"
    assert payload.body["attachments"][0]["description"] == "a line of dates"


@shown
def test_words_too_long_for_a_picture_are_told_beside_it(shown):
    assert "dates " * 300 in shown(Message((Picture(b"png", "dates " * 300 + "end"),)))


# --- nothing gets out ---------------------------------------------------------------------------------------

BAITS = [
    "@everyone",
    "@here look",
    "<@123456789012345678>",
    "<@!123456789012345678>",
    "<@&123456789012345678>",
    "<#123456789012345678>",
    "<!channel>",
    "<!here|here>",
    "<@U123>",
    "<#C123|general>",
    "[label](https://evil.example)",
    "[la\nbel](\nhttps://evil.example)",
    "https://evil.example/a?b=c",
    "HTTPS://EVIL.example",
    "<https://evil.example|label>",
    "discord.gg/abc",
    "discord.com/invite/abc",
    "<t:1700000000:F>",
    "</summit:123456789012345678>",
    "<a:wave:123456789012345678>",
    "<id:browse>",
    "*bold* **bold** _it_ __un__ ~~st~~ ||spoiler||",
    "`code` ```fence``` ``two``",
    "```\nfence\n```",
    "\\* \\\\* \\` \\",
    "# heading",
    "-# small",
    "- list",
    "1. list",
    "> quote",
    ">>> quote",
    "a & b < c > d &amp; &lt;",
    "\u202eright to left\u202c",
    "\u2066isolated\u2069",
    "z" + "\u0351" * 10_000,
    "(https://evil.example)",
    "line\u2028# break",
    "\x1b[31mred\x00",
]
PLACES: dict[str, Callable[[str], tuple[Span, ...]]] = {
    "quotation": lambda text: (quoted(text),),
    "strong quotation": lambda text: (Quotation(NOWHERE, text, strong=True),),
    "headline": lambda text: (Headline(1, 1, text),),
    "link": lambda text: (Link(Headline(1, 1, text), "https://example.org/a"),),
    "own words": lambda text: (Text(text),),
    "stressed": lambda text: (Strong(text),),
    "after a citation": lambda text: (Cite(1), quoted(text)),
    "after a space": lambda text: (Text(" "), quoted(text)),
}
hostile = st.one_of(
    st.sampled_from(BAITS),
    st.lists(st.sampled_from([*"*_~|`[]()<>#@!&-:/\\ \n.1a", "@everyone", "https://", "](", "<@1"]), min_size=1).map(
        "".join
    ),
    st.text(min_size=1),
)
KINDS = [Heading, Paragraph, Bullet, Quote, Note]

_ACTIVE = re.compile(
    r"[*_~|`<>#\[\]]|@everyone|@here|@[!&]?\d|://|discord(app)?\.\w|[\u202a-\u202e\u2066-\u2069\x00-\x09\x0b-\x1f]"
    r"|\A\s*(?:[-+]|\d+\.)|\]\(",
    re.IGNORECASE,
)


def escapes(content: str) -> str:
    """What is left for Discord's parser to act on, once escaped characters and our own marks are taken out."""
    ours = re.sub(r"\A(?:##+ |- |> |-# )?", "", content)
    unescaped = re.sub(r"\\[^0-9A-Za-z\s]", "x", ours)
    unescaped = unescaped.replace("[↗](<https://example.org/a>)", "")
    unescaped = re.sub(r"\[([^\[\]]*)\]\(<https://example\.org/a>\)", r"x\1", unescaped)
    unescaped = re.sub(r"\A\[1\](?!\()", "x", unescaped)
    return re.sub(r"\A\*\*|\*\*\Z", "x", unescaped)


@given(kind=st.sampled_from(KINDS), place=st.sampled_from([*PLACES.values()]), text=hostile)
def test_discord_cannot_be_made_to_ping_format_or_link(place, kind, text):
    for payload in discord(Message((kind(place(text)),))):
        left = escapes(payload.body["content"])
        assert not _ACTIVE.search(left), (payload.body["content"], left)
        assert "\n" not in left
        assert payload.body["allowed_mentions"] == {"parse": [], "replied_user": False}


@given(place=st.sampled_from([*PLACES.values()]), text=hostile)
def test_slack_cannot_be_made_to_ping_format_or_link(place, text):
    for payload in slack(Message((Paragraph(place(text)), Bullet(place(text)), Heading(place(text))))):
        assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", payload["text"])
        assert payload["mrkdwn"] is False
        assert not payload["link_names"]
        assert {element["type"] for element in elements(payload["blocks"])} <= {"text", "link", "plain_text"}
        assert {e["url"] for e in elements(payload["blocks"]) if "url" in e} <= {"https://example.org/a"}


def elements(node: Any) -> list[dict[str, Any]]:
    """The elements that hold text."""
    if isinstance(node, list):
        return [element for item in node for element in elements(item)]
    if isinstance(node, dict):
        if isinstance(node.get("text"), str):
            return [node]
        return [element for value in node.values() for element in elements(value)]
    return []


@pytest.mark.parametrize("bait", BAITS)
@shown
def test_a_bait_is_shown_as_it_is_written(shown, bait):
    told = shown(Message((Paragraph((quoted(bait),)),)))
    assert clean(bait).strip() == told.strip()


@pytest.mark.parametrize("code", ["!summit `x`", "``", "a```b", "`", "@everyone", "!summit <@1>"])
def test_something_to_type_stays_inside_its_backticks(code):
    content = discord(Message((Paragraph((Code(code),)),)))[0].body["content"]
    fenced = content.startswith("`") and content.endswith("`") and "`" not in content[1:-1]
    assert fenced or not re.search(r"(?<!\\)`", content)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "ftp://example.org", "https://", "", "data:text/html,x", "https://e.org/" + "a" * 5000],
)
def test_a_link_that_leads_nowhere_good_is_only_its_words(url):
    message = Message((Paragraph((Link("Title", url),)),))
    assert discord(message)[0].body["content"] == "Title"
    assert "url" not in repr(slack(message)[0]["blocks"])


def test_an_address_cannot_end_its_link_early():
    assert not set(address("https://example.org/a)b>c d`e\\f|g\n")) & set(" <>()`\\|\n")


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text):
    assert clean(clean(text)) == clean(text)

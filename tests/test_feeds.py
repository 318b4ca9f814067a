"""Feeds, each format and each fault: the case files say themselves what they hold and what must come of it."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from bot.errors import FeedError
from bot.ingest.feeds import NEWEST, Feed, parse
from bot.ingest.markup import decoded, plain
from tests.timing import within

CASES = sorted((Path(__file__).parent / "cases" / "feeds").glob("*.case"))
URL = "https://feeds.example/rss"
ITEM = "<item><title>T{0}</title><guid isPermaLink='false'>{0}</guid><pubDate>{1}</pubDate></item>"


def opened(case: Path) -> tuple[dict[str, Any], bytes]:
    head, _, body = case.read_bytes().decode().partition("\n---\n")
    told = json.loads(head)
    return told, body.encode(told.get("encode", "utf-8"))


def told(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_feed_is_read_as_its_case_says(case):
    expected, body = opened(case)
    content_type = expected.get("content_type", "application/xml")
    if "error" in expected:
        with pytest.raises(FeedError) as caught:
            parse(body, url=URL, content_type=content_type)
        assert str(caught.value) == expected["error"]
        return
    feed = parse(body, url=URL, content_type=content_type)
    entries = expected["expect"].pop("entries", None)
    assert {key: told(getattr(feed, key)) for key in expected["expect"]} == expected["expect"]
    if entries is not None:
        found = [
            {key: told(getattr(entry, key)) for key in want} for want, entry in zip(entries, feed.entries, strict=True)
        ]
        assert found == entries


def long_feed(days: list[int]) -> bytes:
    items = "".join(
        ITEM.format(n, f"{1 + day % 28:02} Mar {2000 + day // 28} 10:00:00 GMT") for n, day in enumerate(days)
    )
    return f"<rss version='2.0'><channel><title>Long</title>{items}</channel></rss>".encode()


@pytest.mark.parametrize("days", [list(range(700)), list(range(699, -1, -1))], ids=["oldest first", "newest first"])
def test_of_a_long_feed_the_newest_entries_are_read(days):
    entries = parse(long_feed(days), url=URL).entries
    newest = sorted(range(700), key=days.__getitem__, reverse=True)[:NEWEST]
    assert [int(entry.guid) for entry in entries] == newest


def test_ten_thousand_entries_cost_little():
    body = long_feed([n % 700 for n in range(10_000)])
    assert len(parse(body, url=URL).entries) == NEWEST
    assert within(3, lambda: parse(body, url=URL))


def test_json_nested_deeper_than_anything_means_is_refused():
    with pytest.raises(FeedError, match="it is JSON so broken"):
        parse(b"[" * 100_000, url=URL)


@pytest.mark.parametrize("piece", ["<![CDATA[", "<a ", "&", "<b>", "<!--", "]]>", "<item>", "&lt;a "])
def test_a_hostile_feed_costs_seconds_at_most(piece):
    body = b"<rss version='2.0'><channel><item><title>" + (piece * (60_000 // len(piece))).encode()
    assert within(5, lambda: parse(body, url=URL))


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("One.\n\nTwo &amp; three.", "One.\n\nTwo & three."),
        ("<p>One<b>two</b> three</p>four", "Onetwo three\n\nfour"),
        ("<ul><li>One</li><li>Two</li></ul>", "One\n\nTwo"),
        ("One<br><br>Two<br>Three", "One\n\nTwo\nThree"),
        ("a < b and c > d", "a < b and c > d"),
        ("<p>  spaced \n\t out </p>", "spaced out"),
        ("<!-- hidden --><p>Shown</p>", "Shown"),
        ("", ""),
    ],
)
def test_html_becomes_the_text_that_it_shows(markup, text):
    assert plain(markup) == text


@pytest.mark.parametrize("charset", ["undefined", "base64", "idna", "utf-7", "x" * 500, "\0", "unicode_escape", ""])
def test_no_declared_encoding_can_do_harm(charset):
    assert decoded("Žluť <p>".encode(), f"text/html; charset={charset}") == "Žluť <p>"


def test_a_few_wrong_bytes_do_not_turn_a_text_to_nonsense():
    text = "Příliš žluťoučký kůň úpěl ďábelské ódy. "
    assert decoded(text.encode() + b"\xff") == text + "\ufffd"


# --- anything at all --------------------------------------------------------------------------------------

_PIECES = [b"<![CDATA[", b"]]>", b"&#0;", b"&nbsp;", b"<item>", b"</item>", b"\0", b"\xff\xfe", b"<", b">", b"&", b"<!--",
           b'xml:base="http://[::1"', b"<link href='http://['/>", b"<pubDate>99999999</pubDate>", b"{", b"\xf0\x9f",
           b'<content type="application/octet-stream" mode="base64">!!</content>', b"<?x ?>", b"<div>" * 300]  # fmt: skip


def mutated(body: bytes, chance: random.Random) -> bytes:
    """`body` with a few pieces cut, doubled, moved, overwritten or put in."""
    found = bytearray(body)
    for _ in range(chance.randint(1, 8)):
        at, end = sorted((chance.randrange(len(found) + 1), chance.randrange(len(found) + 1)))
        end = min(end, at + chance.choice((1, 10, 200)))
        match chance.randrange(4):
            case 0:
                del found[at:end]
            case 1:
                found[at:at] = chance.choice(_PIECES)
            case 2:
                found[at:at] = found[at:end] * chance.randint(1, 5)
            case _:
                found[at:end] = bytes(chance.randrange(256) for _ in range(end - at))
    return bytes(found)


def fuzz(count: int, seed: int) -> None:
    chance = random.Random(seed)
    bodies = [body for case in CASES if len(body := opened(case)[1]) < 20_000]
    types = ["application/xml", "text/html; charset=latin-1", "application/json", "", "text/xml; charset=\0", "utf-16"]
    for _ in range(count):
        body = mutated(chance.choice(bodies), chance)
        try:
            feed = parse(body, url=URL, content_type=chance.choice(types))
        except FeedError as fault:
            assert str(fault).startswith("it is ")  # noqa: PT017  most mutations are feeds still
        else:
            assert isinstance(feed, Feed)
            for entry in feed.entries:
                assert re.match(r"https?://|\Z", entry.link)
                entry.text.encode()  # no half of a surrogate pair, which no store takes


def test_no_mutation_of_a_feed_does_more_than_say_so():
    fuzz(200, seed=random.randrange(1 << 30))


@pytest.mark.slow
def test_no_mutation_of_ten_thousand_does_either():
    fuzz(10_000, seed=6)

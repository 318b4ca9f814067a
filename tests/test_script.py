"""The scripting interface: one JSON object a line in, one a line out, whatever stands in the lines."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import script
from bot.model import shown

TEXT = "HANOI, Feb. 26, 2019 (Xinhua) -- Talks on the Korean war began on Monday. Kim said they will end on Thursday.\n"
OLDER = "Talks in Hanoi were agreed on January 31, 2019, officials said on that day in Washington."


def one(verb: str, **given: Any) -> dict[str, Any]:
    [line] = script.run(verb, [json.dumps({"id": "a", **given})])
    told = json.loads(line)
    assert isinstance(told, dict)
    return told


def test_spans_are_code_points_of_the_text_given():
    told = one("sentences", text="Ünïcode 😀 first. Then more.")
    assert told == {"id": "a", "spans": [[0, 16], [17, 27]]}


def test_a_digest_of_one_text_is_cleaned_unless_it_is_raw():
    cleaned = one("digest", text=TEXT, words=30)["passages"]
    assert cleaned[0]["start"] == TEXT.index("Talks")
    assert one("digest", text=TEXT, words=30, raw=True)["passages"][0]["start"] == 0


def test_a_digest_of_a_topic_says_which_article():
    told = one("digest", articles=[TEXT, {"text": OLDER, "title": "Talks agreed"}], words=60)["passages"]
    assert {passage["article"] for passage in told} == {0, 1}
    for passage in told:
        text = (TEXT, OLDER)[passage["article"]]
        assert passage["text"] == shown(text[passage["start"] : passage["end"]])


def test_dates_are_read_against_the_day_given_else_the_texts_own():
    assert one("dates", text=OLDER, published="2019-02-01")["published"] == {"value": "2019-02-01", "basis": "feed"}
    told = one("dates", text=TEXT, published=None)
    assert told["published"] == {"value": "2019-02-26", "basis": "stated"}
    monday = next(found for found in told["dates"] if found["text"] == "Monday")
    assert (monday["type"], monday["value"], monday["basis"]) == ("DATE", "2019-02-25", "article")


def test_a_timeline_has_the_dates_and_sentences_asked_for():
    articles = [{"text": TEXT, "published": "2019-02-26"}, {"text": OLDER, "published": "2019-02-01"}]
    told = one("timeline", articles=articles, dates=2, per_date=1)["events"]
    assert len(told) == 2
    assert [event["date"] for event in told] == sorted(event["date"] for event in told)
    assert all(len(event["passages"]) == 1 for event in told)
    assert one("timeline", articles=articles, until="2019-02-10")["events"][0]["date"] == "2019-01-31"


def test_a_claim_is_answered_with_its_verdict():
    told = one("source", articles=[TEXT, OLDER], claim="Talks in Hanoi were agreed on January 30, 2019")
    assert told["verdict"] == "near"
    assert "31" in told["differs"]


@pytest.mark.parametrize(
    ("verb", "line", "error"),
    [
        ("digest", "[1]", "a line must be one JSON object"),
        ("digest", "{", "not JSON"),
        ("digest", "{}", "`text` is missing"),
        ("digest", '{"text": 5}', "`text` must be text"),
        ("digest", '{"text": "A b c.", "words": "many"}', "`words` must be a whole number"),
        ("digest", '{"text": "A b c.", "summarizer": "magic"}', "`summarizer` must be one of dateline"),
        ("digest", '{"articles": [5]}', "each of `articles` must be"),
        ("dates", '{"text": "x", "published": "soon"}', "`published` must be a day"),
        ("source", '{"text": "The dam held."}', "`claim` is missing"),
        ("sentences", "[" * 100_000, "not JSON"),
        ("sentences", '{"text": ' + "9" * 5000 + "}", "not JSON"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_goes_on(verb, line, error):
    good = json.dumps({"text": OLDER, "claim": "x"})
    bad, rest = map(json.loads, script.run(verb, [line, good]))
    assert bad["line"] == 1
    assert error in bad["error"]
    assert "error" not in rest


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=5,
)
KEYS = ["id", "text", "articles", "words", "sentences", "query", "summarizer", "raw", "published", "dates", "claim"]


@pytest.mark.parametrize("verb", script.VERBS)
@given(given_=st.dictionaries(st.sampled_from([*KEYS, "per_date", "since", "until"]), JSON | st.just(OLDER)))
def test_whatever_stands_in_a_line_gets_one_line_back(verb, given_):
    [line] = script.run(verb, [json.dumps(given_)])
    assert "could not be answered" not in line

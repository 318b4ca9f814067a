"""Pages -> articles: the case files say themselves what stands in them, and whatever is kept was published so."""

from __future__ import annotations

import contextlib
import json
import random
import resource
from pathlib import Path
from typing import Any

import pytest

from bot.errors import FeedError
from bot.ingest.markup import decoded, tree
from bot.ingest.pages import Page, extract
from tests.test_feeds import mutated, opened, told
from tests.timing import within

CASES = sorted((Path(__file__).parent / "cases" / "pages").glob("*.case"))
URL = "https://gazette.example/news/bridge?from=feed"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_page_is_read_as_its_case_says(case):
    expected, body = opened(case)
    if "error" in expected:
        with pytest.raises(FeedError) as caught:
            extract(body, url=URL)
        assert str(caught.value) == expected["error"]
        return
    page = extract(body, url=URL)
    assert {key: told(getattr(page, key)) for key in expected["expect"]} == expected["expect"]


def squeezed(text: str) -> str:
    return "".join(text.split())


def is_verbatim(page: Page, body: bytes) -> bool:
    """Whether each kept paragraph stands in the page letter by letter, white space apart."""
    root = tree(decoded(body))
    whole = "" if root is None else squeezed("".join(map(str, root.itertext())))
    return all(squeezed(paragraph) in whole for paragraph in page.text.split("\n\n"))


@pytest.mark.parametrize("case", [case for case in CASES if "expect" in opened(case)[0]], ids=lambda case: case.stem)
def test_what_is_kept_is_what_was_published(case):
    body = opened(case)[1]
    assert is_verbatim(extract(body, url=URL), body)


@pytest.mark.parametrize(
    ("canonical", "kept"),
    [
        ("/news/bridge", "https://gazette.example/news/bridge"),
        ("https://www.gazette.example/news/bridge", "https://www.gazette.example/news/bridge"),
        ("https://elsewhere.example/news/bridge", ""),
        ("https://gazette.example/", ""),
        ("javascript:alert(1)", ""),
        ("http://[::1", ""),
        ("", ""),
    ],
)
def test_a_page_may_name_its_own_address_but_no_other_site_s(canonical, kept):
    body = opened(next(case for case in CASES if case.stem == "teaser"))[1]
    link = f'<link rel="canonical" href="{canonical}">'.encode()
    assert extract(body.replace(b"</head>", link + b"</head>"), url=URL).canonical == kept


@pytest.mark.parametrize("said", ["2026-13-45", "yesterday", "", "99999-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00"])
def test_a_date_that_nobody_can_mean_is_left_out(said):
    facts = json.dumps({"@type": "NewsArticle", "datePublished": said})
    body = opened(next(case for case in CASES if case.stem == "teaser"))[1]
    script = f'<script type="application/ld+json">{facts}</script>'.encode()
    assert extract(body.replace(b"</head>", script + b"</head>"), url=URL).published is None


@pytest.mark.parametrize("piece", ["<p>a", "<div>", "<a href=x>b</a>", "<br>", "word "])
def test_a_hostile_page_costs_seconds_at_most(piece):
    body = b"<html><body><article><p>" + (piece * 100_000).encode()

    def read() -> None:
        with contextlib.suppress(FeedError):
            extract(body, url=URL)

    assert within(5, read)


def fuzz(count: int, seed: int) -> None:
    chance = random.Random(seed)
    bodies = [opened(case)[1] for case in CASES]
    types: list[Any] = ["text/html", "text/html; charset=latin-1", "", "utf-16", "text/html; charset=undefined"]
    for _ in range(count):
        body = mutated(chance.choice(bodies), chance)
        try:
            page = extract(body, url=URL, content_type=chance.choice(types))
        except FeedError:
            continue
        page.text.encode()


def test_no_mutation_of_a_page_does_more_than_say_so():
    fuzz(100, seed=random.randrange(1 << 30))


@pytest.mark.slow
def test_no_mutation_of_ten_thousand_does_either():
    fuzz(10_000, seed=6)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 256 * 1024  # kB

"""Articles without a date: when they were written, as far as their neighbours tell."""

from __future__ import annotations

from datetime import date

import pytest

from bot import corpus, dates, dating
from bot.model import Precision, Published, PublishedBasis, When
from bot.store import open_store
from tests.make import make_article, published, put_article

FERRY = (
    "The ferry Aurora sank off Cape Lindis in a storm, and divers searched the wreck for survivors. "
    "The coast guard of Lindis said the ferry Aurora had carried too many lorries. {}"
)
MORE = (
    "The owner of the ferry denied it.",
    "Divers found the logbook of the Aurora.",
    "The minister of ports visited Cape Lindis.",
    "Families lit candles on the quay of Lindis.",
    "The captain of the ferry was questioned.",
)
WINDOW = When(date(2019, 1, 29), date(2019, 2, 12), Precision.RANGE)
UNDATED = Published()


@pytest.fixture
def store():
    opened = open_store(":memory:")
    yield opened
    opened.close()


def reported(store, *days: str) -> None:
    for day, told in zip(days, MORE, strict=False):
        put_article(
            store, FERRY.format(told), title="Ferry sinks", published=published(day), url=f"https://e.org/{day}"
        )


def undated(store, more: str = "Nobody knew why the ferry Aurora had turned.") -> int:
    return put_article(store, FERRY.format(more), title="Ferry sinks", published=UNDATED, url="https://e.org/undated")


def test_an_undated_article_was_written_when_others_wrote_about_the_same(store):
    reported(store, "2019-02-01", "2019-02-03", "2019-02-04", "2019-02-09")
    found = store.article(undated(store)).published
    assert (found.when, found.basis, found.evidence) == (WINDOW, PublishedBasis.INFERRED, dating.LIKE_IT)


@pytest.mark.parametrize(
    "days",
    [
        (),
        ("2019-02-01", "2019-02-03", "2019-02-04"),  # too few
        ("2019-02-01", "2019-02-03", "2018-02-04", "2017-02-09"),  # of several times
    ],
)
def test_neighbours_that_are_few_or_far_apart_tell_nothing(store, days):
    reported(store, *days)
    assert store.article(undated(store)).published == UNDATED


def test_an_article_with_a_date_keeps_it(store):
    reported(store, "2019-02-01", "2019-02-03", "2019-02-04", "2019-02-09")
    added = put_article(
        store, FERRY.format("It was years ago."), published=published("2021-05-05"), url="https://e.org/x"
    )
    assert store.article(added).published == published("2021-05-05")


@pytest.mark.parametrize(
    ("told", "window"),
    [
        ("The inquiry began on February 2, 2019. It will end on February 8, 2019.", ("2019-02-02", "2019-02-08")),
        ("The inquiry began on June 3, 2020. It will end on June 28, 2020.", ("2019-01-29", "2019-02-12")),
    ],
)
def test_content_narrows_what_the_neighbours_tell_and_does_not_contradict_it(store, told, window):
    reported(store, "2019-02-01", "2019-02-03", "2019-02-04", "2019-02-09")
    found = store.article(undated(store, told)).published.when
    assert (found.first.isoformat(), found.last.isoformat()) == window


def test_a_later_arrival_redates_an_article_as_a_new_version_of_the_same_words(store):
    reported(store, "2019-02-01", "2019-02-03", "2019-02-04")
    id_ = undated(store)
    put_article(
        store, FERRY.format(MORE[3]), title="Ferry sinks", published=published("2019-02-09"), url="https://e.org/9"
    )
    first, second = store.article(id_, 1), store.article(id_)
    assert (first.published, second.version, second.published.when) == (UNDATED, 2, WINDOW)
    assert first.text == second.text


def test_dates_without_a_year_are_read_against_the_window(store):
    reported(store, "2019-02-01", "2019-02-03", "2019-02-04", "2019-02-09")
    id_ = undated(store, "The inquiry began on January 28.")
    (found,) = store.mentions([id_])
    assert dates.timex(found.mention.when) == "2019-01-28"


def test_what_has_no_neighbours_is_returned_as_it_was(store):
    article = make_article(FERRY, published=UNDATED)
    analysis = corpus.analyse(article)
    assert dating.placed(article, analysis, store) == (article, analysis)

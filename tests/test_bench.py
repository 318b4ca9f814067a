"""The bench runs, and the news it is run on is what it claims to be."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from bot.model import shown
from tests import bench
from tests.newsroom import Newsroom


@pytest.fixture(scope="module")
def newsroom() -> Newsroom:
    return Newsroom(seed=3)


def test_the_same_seed_makes_the_same_news_and_another_edition_other_news(newsroom: Newsroom):
    first = list(newsroom.dispatches(30))
    assert list(newsroom.dispatches(30)) == first
    assert not {one.article.url for one in first} & {one.article.url for one in newsroom.dispatches(30, edition=1)}


def test_a_made_up_analysis_is_true_of_its_article(newsroom: Newsroom):
    for one in newsroom.dispatches(60):
        text, sentences = one.article.text, one.analysis.sentences
        assert " ".join(text[each.start : each.end] for each in sentences) == shown(text).removeprefix("Repeated: ")
        assert all(a.end < b.start for a, b in pairwise(sentences))
        assert all(str(each.when.first.year) in each.value for each in one.analysis.mentions if each.when)
        assert all(text[each.start - 3 : each.start] in ("on ", "in ") for each in one.analysis.mentions)
        assert all(text.casefold().count(name.casefold()) >= count for name, count in one.analysis.names.items())


def test_stories_are_told_more_than_once_and_some_articles_are_repeated(newsroom: Newsroom):
    news = list(newsroom.dispatches(300))
    assert 2 < len(news) / len({one.story for one in news}) < 8
    assert any(one.article.publisher == "Repeater" for one in news)


def test_text_is_told_faster_than_by_sumy(newsroom: Newsroom):
    article, topic = bench.texts(list(newsroom.dispatches(12)))
    assert float(article.rpartition("so ")[2].split()[0]) > 1
    assert topic.startswith("topic of 257 sentences")


def test_the_bench_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(bench, "FILED", 3)
    for _ in range(2):  # once filled, the store is taken up again
        bench.bench(40, tmp_path / "bench.db", repeat=2, seed=1)
    printed = capsys.readouterr().out
    assert printed.count("filled 40 articles") == 1
    assert printed.count("| !timeline, a name |") == printed.count("| ingest: analyse, link, store |") == 2
    assert "ingest of a file of 3 articles" in printed

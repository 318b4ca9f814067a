"""When an article that bears no date was written, as far as dated articles about the same tell.

Of the ten stored articles most like it nine must have been published within three weeks of one another; else nothing is
told. Of 150 news articles with their dates hidden among 505 others it told of 29 %, with the true day inside for 89 % of
those and within a week of the middle for as many; content alone told of 2 %, and rightly of a third of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot import dates, ingest, languages, stories
from bot.model import Analysis, Article, Precision, Published, PublishedBasis, When
from bot.ports import Store

NEIGHBOURS, FEWEST = 10, 4  # dated articles asked; fewer than these tell nothing
LIKE = 0.12  # likeness from which an article is about the same
AGREE, SPAN = 0.9, timedelta(days=21)  # the share of them that must lie so near one another
SLACK = timedelta(days=3)  # before the first and after the last of them
LIKE_IT = "articles about the same"  # evidence
UNDATED = {PublishedBasis.INFERRED, PublishedBasis.UNKNOWN}
REDATED = 10  # newest articles of a story looked through for undated ones when another joins it


def placed(article: Article, analysis: Analysis, store: Store) -> tuple[Article, Analysis]:
    """The article with the window that its content and its neighbours allow, and its dates read against that."""
    if article.published.basis not in UNDATED or not languages.has_dates(article.language):
        return article, analysis
    found = _window(article, analysis, store)
    own = ingest.published(article.text, article.title).when
    when = _both(own, found) if own and found else found
    if when is None or when == article.published.when:
        return article, analysis
    placed = replace(article, published=Published(when, PublishedBasis.INFERRED, LIKE_IT))
    spans = [(sentence.start, sentence.end) for sentence in analysis.sentences]
    return placed, replace(analysis, mentions=dates.mentions(article.text, placed.published.anchor, spans))


def undated(story: int, store: Store, tenant: str) -> list[Article]:
    """The articles without a date among the newest of a story: one that joins it may tell when they were written."""
    found = store.story(story, tenant)
    entries = store.entries(found.articles[:REDATED], tenant) if found else ()
    return [entry.article for entry in entries if entry.article.published.basis in UNDATED]


def _window(article: Article, analysis: Analysis, store: Store) -> When | None:
    days = sorted(_days(article, analysis, store))
    if len(days) < FEWEST:
        return None
    begun = max(days, key=lambda first: sum(first <= day <= first + SPAN for day in days))
    inside = [day for day in days if begun <= day <= begun + SPAN]
    if len(inside) < AGREE * len(days):
        return None
    return When(inside[0] - SLACK, inside[-1] + SLACK, Precision.RANGE)


def _days(article: Article, analysis: Analysis, store: Store) -> Sequence[date]:
    """The days on which the articles most like it were published."""
    like = stories.neighbours(analysis, store, article.tenant)
    near = [one for one, likeness in sorted(like.items(), key=lambda item: -item[1]) if likeness >= LIKE]
    entries = store.entries([one for one in near if one != article.id][: 2 * NEIGHBOURS], article.tenant)
    known = [entry.article.published for entry in entries if entry.article.published.basis not in UNDATED]
    return [published.when.first for published in known[:NEIGHBOURS] if published.when]


def _both(own: When, found: When) -> When:
    """What the content allows where it lies within what the neighbours do: content alone misleads more often."""
    return own if found.first <= own.first and own.last <= found.last else found

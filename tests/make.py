"""Builders with defaults: `make_article(title="Election")` says only what matters to the test."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from bot import corpus, ingest
from bot.model import Analysis, Article, Published, PublishedBasis, When
from bot.ports import Store

SEEDS = Path(__file__).parent.parent / "seeds"
XINHUA = SEEDS / "000_cfb6779c53c509c9.txt"
VOV = SEEDS / "003_8ad36422c5ced130.txt"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def published(day: str, basis: PublishedBasis = PublishedBasis.STATED) -> Published:
    return Published(When.day(date.fromisoformat(day)), basis)


def make_article(text: str = "The parliament voted on Monday. The bill passed.", **fields: Any) -> Article:
    return Article(**{"text": text, "title": "Parliament votes", "published": published("2019-02-26"), **fields})


def put_article(store: Store, text: str = "The parliament voted on Monday. The bill passed.", **fields: Any) -> int:
    """Take one article in as it would come from a feed; its id."""
    article = make_article(text, **fields)
    return corpus.add(article, corpus.analyse(article), store, NOW).id


@cache
def _seeds() -> list[tuple[Article, Analysis]]:
    articles = [read.article for read in ingest.read([SEEDS]) if read.article]
    return [(article, corpus.analyse(article)) for article in articles]


def seeded(store: Store) -> Store:
    """`store` with the two articles the product ships."""
    for article, analysis in _seeds():
        corpus.add(article, analysis, store, NOW)
    return store

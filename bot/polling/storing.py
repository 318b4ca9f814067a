"""What is prepared, into the store: as a new article, as a new version of one, or not again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from bot import corpus
from bot.errors import UserError
from bot.model import Article, PublishedBasis, Sighting
from bot.polling.naming import guid_of, same_words
from bot.polling.reading import Prepared, Wanted
from bot.ports import Added, Store


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of the entries that were wanted: how many are `new`, how many were `left`; `whole`: none to look at again."""

    seen: tuple[Sighting, ...]
    notes: tuple[str, ...]
    new: int
    left: int
    whole: bool


def entry(store: Store, address: str, wanted: Wanted, prepared: Prepared, now: datetime) -> Added | None:
    """Store an entry of the feed at `address`; None where it is no article."""
    article, analysis = prepared.article, prepared.analysis
    if article is None or analysis is None:
        return None
    if wanted.article:
        former = store.article(wanted.article)
        if former is None or former.withdrawn or not former.guid:
            return Added(wanted.article, 1, "same")
        seen = article.published.basis is PublishedBasis.SEEN  # it was first seen then, not now
        article = replace(article, guid=former.guid, published=former.published if seen else article.published)
        return corpus.add(article, analysis, store, now)
    article = replace(article, guid=guid_of(address, wanted.name))
    with store.together():  # another feed may bring the same at this moment
        for known in _twins(article, store):
            if known.guid == article.guid or same_words(known.text, article.text):
                return Added(known.id, known.version, "same")
        return corpus.add(article, analysis, store, now)


def page(store: Store, prepared: Prepared, now: datetime) -> Added:
    """Store what stands on a page by itself. Raises UserError where it is no article."""
    article, analysis = prepared.article, prepared.analysis
    if article is None or analysis is None:
        raise UserError(f"There is no article to store on that page: {prepared.note}.")
    with store.together():
        for known in _twins(article, store):
            if same_words(known.text, article.text):
                return Added(known.id, known.version, "same")
        return corpus.add(article, analysis, store, now)


def _twins(article: Article, store: Store) -> Iterator[Article]:
    """What is stored under its name or its address, for those who may read it."""
    for id_ in (*store.find(article.guid, article.tenant), *store.find(article.url, article.tenant)):
        known = store.article(id_)
        if known and not known.withdrawn:
            yield known

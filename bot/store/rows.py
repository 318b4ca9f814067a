"""Nouns to columns and back, as every store keeps them; lists are compact JSON.

Instants are ISO text in UTC with microseconds and days ISO text, also where a database has types of its own for them:
its adapter takes and hands out the text.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from bot.message import loads as thaw
from bot.model import (
    Analysis,
    Article,
    Delivery,
    DeliveryState,
    Followed,
    Mention,
    MentionBasis,
    Precision,
    Published,
    PublishedBasis,
    Schedule,
    Sentence,
    Sighting,
    Span,
    Subscription,
    Target,
    TimexType,
    When,
)
from bot.ports import Answer, Dated
from bot.store.words import storable

Row = tuple[Any, ...]
Batch = tuple[str, tuple[str, ...], list[Row]]  # of a table: its name, columns, and some of its rows

BATCH = 100  # rows; an article may take 2 MB
# The tables that hold the same in every store, each after those it refers to; all others are made from them.
MOVED = (
    *("article", "version", "mention", "name", "term", "posting", "sketch", "analysis", "story", "tally"),
    *("answer", "answer_message", "subscription", "delivery", "feed", "sighting", "departure"),
)

# What `article_of` reads, of `article` joined with one `version` of it.
ARTICLE = """
    article.id, article.tenant, version.version, version.text, version.title, version.publisher, version.place,
    version.author, version.url, version.file, version.guid, version.language, version.first_day, version.last_day,
    version.precision, version.basis, version.evidence, version.added, article.background
"""

# What `dated_of` reads, of `mention` joined with its `article`.
DATED = """
    mention.article, article.version, sentence_start, sentence_end, start_at, end_at, type, value,
    mention.first_day, mention.last_day, precision, basis, confidence, announced, mention.background
"""

# What `delivery_of` reads.
DELIVERY = """
    key, platform, channel, thread, reply_to, state, payload, mark, subscription, due, ids, reason, attempts, at,
    tenant
"""

# What `answer_of` reads.
ANSWER = "channel, command, citations, messages, id, tenant"

# What `subscription_of` reads.
SUBSCRIPTION = """
    id, platform, channel, thread, reply_to, days, hour, minute, zone, since, words, even_if_empty, tenant, stopped,
    paused, orderer
"""

# What `feed_of` reads.
FEED = """
    id, tenant, address, former, title, adder, platform, channel, thread, added, due, pace, etag, modified, body,
    success, news, failing, failures, reason, synced, told, stopped, attempts
"""

# How many feeds are in each of STATES, and when one was last read.
STATES = ("read", "failing", "stopped", "waiting")
FEED_STATES = """
    SELECT count(*) FILTER (WHERE NOT stopped AND failures = 0 AND synced),
        count(*) FILTER (WHERE NOT stopped AND failures > 0), count(*) FILTER (WHERE stopped),
        count(*) FILTER (WHERE NOT stopped AND failures = 0 AND NOT synced), max(success) FROM feed
"""


def article_of(row: Row) -> Article:
    id_, tenant, version, text, title, publisher, place, author, url, file, guid, language = row[:12]
    first, last, precision, basis, evidence, added, background = row[12:19]
    return Article(
        text=text,
        title=title,
        published=Published(when_of(first, last, precision), PublishedBasis(basis), evidence),
        publisher=publisher,
        place=place,
        author=author,
        url=url,
        file=file,
        guid=guid,
        language=language,
        tenant=tenant,
        id=id_,
        version=version,
        added=instant(added),
        background=bool(background),
    )


@lru_cache(maxsize=4096)  # news names the same days over and over; a thousand mentions are read at once
def when_of(first: str | None, last: str | None, precision: str | None) -> When | None:
    if first is None or last is None or precision is None:
        return None
    return When(date.fromisoformat(first), date.fromisoformat(last), Precision(precision))


def columns_of(when: When | None) -> tuple[str | None, str | None, str | None]:
    return (when.first.isoformat(), when.last.isoformat(), when.precision.value) if when else (None, None, None)


def stamp(at: datetime) -> str:
    """As long for every instant, so that stamps sort as instants do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def instant(stamped: str) -> datetime:
    return datetime.fromisoformat(stamped)


def dumps(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def loads(text: str) -> Any:
    return json.loads(text)


def flat(places: Sequence[Span]) -> str:
    return dumps([number for place in places for number in place])


def sentences_of(flattened: str) -> tuple[tuple[int, int, int], ...]:
    return tuple(zip(*_thirds(flattened), strict=True))


def sentence_nouns(flattened: str) -> tuple[Sentence, ...]:
    return tuple(map(Sentence._make, zip(*_thirds(flattened), strict=True)))


def _thirds(flattened: str) -> tuple[list[int], list[int], list[int]]:
    numbers = json.loads(flattened)
    return numbers[::3], numbers[1::3], numbers[2::3]


def spans_of(flattened: str) -> tuple[Span, ...]:
    numbers = json.loads(flattened)
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def flat_sentences(sentences: Sequence[Sentence]) -> str:
    return dumps([number for each in sentences for number in (each.start, each.end, each.paragraph)])


def days_of(article: Article, now: datetime) -> tuple[str, str, bool]:
    """The days it may have been published on, and whether it was: of storing, where that is unknown."""
    when = article.published.when
    if when:
        return when.first.isoformat(), when.last.isoformat(), True
    today = now.astimezone(UTC).date().isoformat()
    return today, today, False


def placed(analysis: Analysis) -> Iterator[tuple[Sentence, Mention]]:
    """Each dated mention, in order of place, with the sentence it stands in; what stands in none is never told."""
    sentences = sorted(analysis.sentences, key=lambda sentence: sentence.start)
    starts = [sentence.start for sentence in sentences]
    for mention in sorted(analysis.mentions, key=lambda mention: (mention.start, mention.end)):
        at = bisect_right(starts, mention.start) - 1
        if mention.when and at >= 0 and mention.end <= sentences[at].end:
            yield sentences[at], mention


def dated_of(row: Row) -> Dated:
    article, version, sentence_start, sentence_end, start, end, kind, timex, first, last, precision = row[:11]
    basis, confidence, announced, background = row[11:]
    when = when_of(first, last, precision)
    # by place and by table: a thousand are read for one answer
    mention = Mention(
        start, end, _TYPES[kind], timex, when, _BASES[basis], confidence, bool(announced), bool(background)
    )
    return Dated(article, version, (sentence_start, sentence_end), mention)


_TYPES = {kind.value: kind for kind in TimexType}
_BASES = {basis.value: basis for basis in MentionBasis}


def place_of(channel: str) -> str:
    """Platform and channel without the thread: a reply in a thread may be to a message outside it."""
    return "/".join(channel.split("/")[:2])


def answer_of(row: Row) -> Answer:
    channel, command, citations, messages, id_, tenant = row
    return Answer(channel, command, thaw(citations), tuple(loads(messages)), id_, tenant)


def subscription_of(row: Row) -> Subscription:
    id_, platform, channel, thread, reply_to, days, hour, minute, zone, since, words = row[:11]
    even_if_empty, tenant, stopped, paused, orderer = row[11:]
    return Subscription(
        target=Target(platform, channel, thread, reply_to),
        schedule=Schedule(frozenset(loads(days)), hour, minute, zone),
        since=instant(since),
        words=words,
        even_if_empty=bool(even_if_empty),
        tenant=tenant,
        id=id_,
        stopped=bool(stopped),
        paused=paused,
        orderer=orderer,
    )


def delivery_of(row: Row) -> Delivery:
    key, platform, channel, thread, reply_to, state, payload, mark, subscription = row[:9]
    due, ids, reason, attempts, at, tenant = row[9:]
    return Delivery(
        key=key,
        target=Target(platform, channel, thread, reply_to),
        state=DeliveryState(state),
        payload=payload,
        mark=mark,
        subscription=subscription,
        due=instant(due) if due else None,
        ids=tuple(loads(ids)),
        reason=reason,
        attempts=attempts,
        at=instant(at),
        tenant=tenant,
    )


def feed_of(row: Row) -> Followed:
    id_, tenant, address, former, title, user, platform, channel, thread, added, due, pace = row[:12]
    etag, modified, body, success, news, failing, failures, reason, synced, told, stopped, attempts = row[12:]
    return Followed(
        address=address,
        added=instant(added),
        due=instant(due),
        tenant=tenant,
        target=Target(platform, channel, thread),
        user=user,
        former=former,
        title=title,
        pace=pace,
        etag=etag,
        modified=modified,
        body=body,
        success=instant(success) if success else None,
        news=instant(news) if news else None,
        failing=instant(failing) if failing else None,
        failures=failures,
        reason=reason,
        synced=bool(synced),
        told=bool(told),
        stopped=bool(stopped),
        attempts=attempts,
        id=id_,
    )


def feed_columns(feed: Followed) -> Row:
    """What FEED names, without id and attempts."""
    target = feed.target
    return (
        *map(storable, (feed.tenant, feed.address, feed.former, feed.title, feed.user)),
        *map(storable, (target.platform, target.channel, target.thread)),
        *(stamp(feed.added), stamp(feed.due), feed.pace, *map(storable, (feed.etag, feed.modified, feed.body))),
        *(stamp(at) if at else None for at in (feed.success, feed.news, feed.failing)),
        *(feed.failures, storable(feed.reason), feed.synced, feed.told, feed.stopped),
    )


def sightings_of(entries: str) -> tuple[Sighting, ...]:
    return tuple(
        Sighting(guid, link, title, words, date.fromisoformat(day), article)
        for guid, link, title, words, day, article in loads(entries)
    )


def sightings_row(seen: Sequence[Sighting]) -> str:
    return dumps([(one.guid, one.link, one.title, one.words, one.day.isoformat(), one.article) for one in seen])

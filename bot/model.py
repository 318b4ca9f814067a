"""The nouns. One file past 300 lines, so that the whole vocabulary is read in one go.

Laws that hold everywhere:
- Instants are aware datetimes in UTC. Calendar dates are plain `date`s and are never shifted by a zone.
- Instants and offsets are half-open, [start, end); calendar ranges include both ends, [first, last].
- Offsets are code points in `Article.text`, which is stored as it was read and never changed.
- An article is never read by today's clock, only by its own date.
- What is shown of a text is `shown(text[start:end])` and nothing else: the quotation law.

Nouns are frozen dataclasses; those that one answer makes thousands of are named tuples, made and hashed in a third of
the time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import inf
from typing import NamedTuple

Span = tuple[int, int]

EVERYONE = ""  # the tenant of the operator's own articles: every guild and workspace may read them

# C0 and C1 controls that are not white space, and the bidi controls of Unicode TR 9, section 2
_UNSHOWN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


def shown(raw: str) -> str:
    """`raw` as a reader sees it: white space folded to single spaces, control and bidi characters dropped."""
    if raw.isprintable():  # as nearly all is: no control or bidi characters, no white space but the space
        return " ".join(raw.split()) if "  " in raw else raw.strip()
    return " ".join(_UNSHOWN.sub("", raw).split())


# --- dates ------------------------------------------------------------------------------------------------


class Precision(StrEnum):
    """How finely a calendar value is known; RANGE is days from one to another."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    SEASON = "season"
    YEAR = "year"
    DECADE = "decade"
    CENTURY = "century"
    RANGE = "range"


@dataclass(frozen=True, slots=True, order=True)
class When:
    """A calendar value: the days it covers, both ends included, and how finely it is known."""

    first: date
    last: date
    precision: Precision = Precision.DAY

    @classmethod
    def day(cls, day: date) -> When:
        return cls(day, day)

    @property
    def middle(self) -> date:
        return self.first + timedelta(days=(self.last - self.first).days // 2)


class TimexType(StrEnum):
    """Kinds of temporal expression; TimeML 1.2.1, "TIMEX3"."""

    DATE = "DATE"
    TIME = "TIME"
    DURATION = "DURATION"
    SET = "SET"


class MentionBasis(StrEnum):
    """What a temporal expression was resolved against."""

    EXPLICIT = "explicit"  # it says everything itself: "June 12, 2018"
    ARTICLE = "article"  # against the article's own date: "Wednesday"
    CONTEXT = "context"  # against a date named before it in the text: "the next day"


class Mention(NamedTuple):
    """A temporal expression in a text, resolved.

    `value` is the TIMEX3 value ("2019-02-27", "P2D", "PRESENT_REF"); `when` is None where that names no days.
    `announced`: the text tells it as still to come. `background`: named in passing, not the sentence's own event.
    """

    start: int
    end: int
    type: TimexType
    value: str
    when: When | None
    basis: MentionBasis = MentionBasis.EXPLICIT
    confidence: float = 1.0
    announced: bool = False
    background: bool = False


class PublishedBasis(StrEnum):
    """How an article's publication date is known."""

    STATED = "stated"  # in the text: a header or a dateline
    FEED = "feed"  # given by the feed, the page or the record that brought it
    SEEN = "seen"  # undated: the day on which it was first seen in its feed
    INFERRED = "inferred"  # the window that its content allows
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Published:
    """A publication date, its basis, and the words that gave it (empty where none did)."""

    when: When | None = None
    basis: PublishedBasis = PublishedBasis.UNKNOWN
    evidence: str = ""

    @property
    def anchor(self) -> date | None:
        """The day that relative dates in the article are resolved against; the middle of a window."""
        return self.when.middle if self.when else None


# --- articles ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Article:
    """One version of a news article. `id` is 0 and `added` None until it is stored.

    `guid` and `url` are as the feed or record gave them, `file` is the path it was read from; any may be empty.
    `tenant` is who may read it: EVERYONE, or the guild or workspace whose own feed or file brought it.
    `background`: older than its feed has been followed, so no digest tells it as news.
    """

    text: str
    title: str = ""
    published: Published = field(default_factory=Published)
    publisher: str = ""
    place: str = ""
    author: str = ""
    url: str = ""
    file: str = ""
    guid: str = ""
    language: str = "en"
    tenant: str = EVERYONE
    id: int = 0
    version: int = 1
    added: datetime | None = None
    withdrawn: bool = False
    background: bool = False


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """A span that is never quoted, and why: "dateline", "title", "photo", "sub-head", "byline", …"""

    start: int
    end: int
    reason: str


class Sentence(NamedTuple):
    """A sentence by place; `paragraph` counts the article's paragraphs from 0."""

    start: int
    end: int
    paragraph: int = 0


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is worked out about one article, once, when it is taken in.

    `digest`: its short digest, in document order. `names`: the names it speaks of and how often.
    `terms`: its weightiest stemmed terms, by frequency. `shingles`: a MinHash sketch for near-copies.
    """

    sentences: tuple[Sentence, ...] = ()
    boilerplate: tuple[Boilerplate, ...] = ()
    mentions: tuple[Mention, ...] = ()
    digest: tuple[Span, ...] = ()
    names: Mapping[str, int] = field(default_factory=dict)
    terms: Mapping[str, int] = field(default_factory=dict)
    shingles: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored article with what answers need of its analysis (mentions are asked for by day or by article).

    `story` groups articles about one event and is the id of its first article; `copy_of` is the article whose
    text this one repeats nearly word for word, or 0.
    """

    article: Article
    sentences: tuple[Sentence, ...]
    digest: tuple[Span, ...]
    story: int
    copy_of: int = 0


class Passage(NamedTuple):
    """A piece of one version of an article, by place: a quotation cannot drift."""

    article: int
    version: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Citation:
    """What `[number]` in an answer stands for; `others` say the same and are named by `!source number`."""

    number: int
    passage: Passage
    others: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """Articles about one event; newest article first. `lead` is the one it is named after.

    `texts` is how many of them are left when near-copies of one text count once.
    """

    id: int
    lead: int
    articles: tuple[int, ...]
    texts: int = 0


# --- digests and timelines --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One story in a digest: its lead article, the sentences that tell it, and every article behind it."""

    lead: int
    passages: tuple[Passage, ...]
    articles: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """What happened when: `passages[0]` tells it, the others name the same event.

    `cut`: the first passage is a fragment of its sentence (background). `announced`: no article tells it as past.
    `otherwise`: what other sources tell of the same event, and the other days they name.
    """

    when: When
    passages: tuple[Passage, ...]
    mentions: tuple[Mention, ...]
    announced: bool = False
    background: bool = False
    cut: bool = False
    otherwise: tuple[tuple[When, Passage], ...] = ()


# --- channels, answers, subscriptions, deliveries ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes. `thread` and `reply_to` are the platform's own ids, or empty."""

    platform: str
    channel: str
    thread: str = ""
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a digest is due: on `days` (0 = Monday … 6 = Sunday) at `hour`:`minute` of the wall in `zone` (IANA)."""

    days: frozenset[int]
    hour: int
    minute: int
    zone: str


@dataclass(frozen=True, slots=True)
class Slot:
    """One due moment of a schedule. `name` is local date and wall time, "2026-11-01T01:30": unique over clock changes."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Subscription:
    """A channel's standing order for digests. `since`: no slot before it is due. `id` 0 until stored.

    `words` limits it to a topic. `paused` holds the reason while the target cannot be posted to; `orderer`, a user of
    the platform, is told of it.
    """

    target: Target
    schedule: Schedule
    since: datetime
    words: str = ""
    even_if_empty: bool = False
    tenant: str = EVERYONE
    id: int = 0
    stopped: bool = False
    paused: str = ""
    orderer: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """A slot that fell due: to be posted, `late` or in time, or only to be recorded as missed, with the reason."""

    subscription: Subscription
    slot: Slot
    late: bool = False
    missed: str = ""


class DeliveryState(StrEnum):
    CLAIMED = "claimed"  # somebody is at it, until its lease runs out
    SENT = "sent"
    EMPTY = "empty"  # nothing new and nothing to say
    FAILED = "failed"
    UNKNOWN = "unknown"  # may or may not have been posted
    MISSED = "missed"  # nobody was up in time


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the outbox: a slot's digest or the reply to one message.

    `payload` is the frozen message as JSON, empty until it is frozen; `mark` the newest article id it takes in.
    `ends`: until when who claimed it may send, by that process's own loop clock; not stored.
    """

    key: str
    target: Target
    state: DeliveryState = DeliveryState.CLAIMED
    payload: str = ""
    mark: int = 0
    subscription: int = 0
    due: datetime | None = None
    ids: tuple[str, ...] = ()
    reason: str = ""
    attempts: int = 0
    at: datetime | None = None
    tenant: str = EVERYONE
    ends: float = inf


# --- feeds ------------------------------------------------------------------------------------------------

NOWHERE = Target("", "")  # where nobody is told: the channel of a feed that the operator added


@dataclass(frozen=True, slots=True)
class Followed:
    """A feed that is polled, who added it, and how it fares. `id` is 0 until stored; `due` is the next try.

    `pace`: seconds between tries while all is well. `body`: hash of what it held last. `failing`: since when it
    cannot be read; `told`: who added it knows. `synced`: what it held at first is stored, so all else is news.
    `reason`: why the last try failed, else what to know of it. `attempts`: how often it was taken to be polled.
    """

    address: str
    added: datetime
    due: datetime
    tenant: str = EVERYONE
    target: Target = NOWHERE
    user: str = ""
    former: str = ""
    title: str = ""
    pace: float = 0.0
    etag: str = ""
    modified: str = ""
    body: str = ""
    success: datetime | None = None
    news: datetime | None = None
    failing: datetime | None = None
    failures: int = 0
    reason: str = ""
    synced: bool = False
    told: bool = False
    stopped: bool = False
    attempts: int = 0
    id: int = 0

    @property
    def named(self) -> str:
        """Its title, else host and path of its address: what stands behind a ? may be somebody's key."""
        return shown(self.title)[:80].strip() or self.address.partition("://")[2].partition("?")[0].rstrip("/")


@dataclass(frozen=True, slots=True)
class Sighting:
    """An entry of a feed as it was last seen, on `day`: hashes of what it is known again by, empty where it has none.

    `article` is the one stored of it, 0 for none.
    """

    guid: str
    link: str
    title: str
    words: str
    day: date
    article: int = 0


def join(words: Sequence[str], last: str = "and") -> str:
    """`words` as a sentence lists them: "a", "a and b", "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def counted(number: int, noun: str) -> str:
    """`number` of a noun: "1 article", "2 articles", "3 stories"."""
    if number == 1:
        return f"1 {noun}"
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {plural}"

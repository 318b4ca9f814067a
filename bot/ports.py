"""The two sockets in the wall, `Store` and `Chat`, and `Request`, what comes in through the second.

`store/` and `chat/` hold the adapters; everything else knows only what stands here. One file past 300 lines,
because a socket's promises are read, and kept, as a whole.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from math import inf
from typing import NamedTuple, Protocol

from bot.message import Message
from bot.model import (
    EVERYONE,
    Analysis,
    Article,
    Boilerplate,
    Citation,
    Delivery,
    DeliveryState,
    Entry,
    Followed,
    Mention,
    Sighting,
    Story,
    Subscription,
    Target,
)

# --- what comes in and what is remembered -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Request:
    """A command as somebody typed or clicked it.

    `text` is the command line, without mention or slash. `key` is the event's own identity, the same however often
    it arrives. `addressed`: said to the bot alone (a mention, a direct message, a terminal), so it may answer
    anything; else only what is surely meant for it. `alone`: no other bot hears it. `trusted`: may configure digests
    here. `deaf`: what the bot does not hear on this platform, and what to do instead, in words; empty: nothing.
    `awaited`: the platform shows "is thinking…" until something is said.
    """

    text: str
    target: Target
    key: str
    user: str = ""
    tenant: str = EVERYONE
    addressed: bool = True
    trusted: bool = False
    alone: bool = False
    deaf: str = ""
    awaited: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot said, so that `!source 2` and `!more` know what they are about. `id` is 0 until remembered.

    `channel` is `channel_of(target)`; `messages` are the platform's ids of it. `command` asked again goes on with
    what `citations` do not hold yet.
    """

    channel: str
    command: str
    citations: tuple[Citation, ...]
    messages: tuple[str, ...] = ()
    id: int = 0
    tenant: str = EVERYONE


NO_CHANNEL = "not-in-reach"  # stands, in what was typed, for a channel that whoever typed it may not aim at
PERSON = "user:"  # before a user's id, as a channel: that person in private


def channel_of(target: Target) -> str:
    """The name under which answers, zones and subscriptions of one channel or thread are kept."""
    return "/".join(part for part in (target.platform, target.channel, target.thread) if part)


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for: articles that hold any of `words` (all of them if `every`), and each of `phrases` verbatim.

    Words are as a user typed them; the store quotes and stems them, and may leave out stop words and, over many
    articles, the commonest words of an "any" query and the oldest of its matches. `since` and `until`
    bound the publication date, or the day it was stored where that is unknown; both days included.
    """

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    every: bool = False
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """An article found, and how well it matches: greater is better, comparable within one search only."""

    article: int
    score: float


class Dated(NamedTuple):
    """A stored mention: which article, which version, and the sentence it stands in."""

    article: int
    version: int
    sentence: tuple[int, int]
    mention: Mention


@dataclass(frozen=True, slots=True)
class Kin:
    """What links an article to others: its story, its day, and its `Analysis.terms`."""

    story: int
    day: date
    terms: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Facts:
    """The corpus at a glance. `newest` is the latest publication day known, `added` the latest arrival."""

    articles: int = 0
    stories: int = 0
    newest: date | None = None
    added: datetime | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """What became of an article: `outcome` is "new", "edited" (a new version) or "same" (nothing changed)."""

    id: int
    version: int
    outcome: str


class Store(Protocol):
    """Where articles, answers, subscriptions and the outbox live. One contract suite holds for every kind.

    Shared promises: every method is one transaction, seen whole or not at all; methods may be called from any
    thread; what a tenant may not read is never returned, counted or suggested to it (EVERYONE's articles are read
    by all, a tenant's own by that tenant only); withdrawn articles are returned by `article` alone; lists come in a
    stated order; `StoreError` is raised where the database cannot serve, nothing else.
    """

    # --- articles: `corpus` writes, the answering rooms read ---

    def add(self, article: Article, analysis: Analysis, now: datetime, story: int = 0, copy_of: int = 0) -> Added:
        """Store `article`. Its identity within its tenant is guid, else url, else its words.

        The same words again change nothing. Other words under the same guid or url are a new version, which
        keeps id and story. `story` 0 founds a new one.
        """
        ...

    def together(self) -> AbstractContextManager[None]:
        """What this thread does inside is one transaction, so that many articles wait for the disk once.

        A call inside that fails leaves the others whole; nobody else writes meanwhile, so let it be short.
        """
        ...

    def revise(self, id: int, article: Article, analysis: Analysis, now: datetime) -> Added:
        """Store `article` as the next version of article `id`: an edited file, or a re-dated article."""
        ...

    def forget(self, id: int) -> None:
        """Withdraw an article: its words go, its citations then say "withdrawn". Unknown ids are ignored."""
        ...

    def expire(self, before: datetime) -> int:
        """Forget what was added before `before`; returns how many."""
        ...

    def article(self, id: int, version: int = 0) -> Article | None:
        """One version of an article (0: the newest), whoever may read it; the caller checks `tenant`."""
        ...

    def sentences(self, id: int, version: int) -> tuple[tuple[int, int, int], ...]:
        """(start, end, paragraph) of every sentence of that version; empty if unknown or withdrawn."""
        ...

    def boilerplate(self, id: int, version: int) -> tuple[Boilerplate, ...]:
        """What is never quoted of that version, and why."""
        ...

    def entries(self, ids: Sequence[int], tenant: str = EVERYONE) -> tuple[Entry, ...]:
        """The newest versions of `ids` that the tenant may read, in the order asked."""
        ...

    def find(self, address: str, tenant: str = EVERYONE) -> tuple[int, ...]:
        """Ids of articles with this url, guid or file, newest first. `forget` and `corpus` ask."""
        ...

    def search(self, query: Query, tenant: str = EVERYONE, limit: int = 50) -> tuple[Hit, ...]:
        """The best matches, best first (BM25). An empty query finds nothing; user words never raise."""
        ...

    def newest(
        self, tenant: str = EVERYONE, after: int = 0, limit: int = 50, *, background: bool = True
    ) -> tuple[int, ...]:
        """Ids of articles stored after article id `after`, newest first; those that are `background` too, or not."""
        ...

    def sketched(self, shingles: Sequence[int], tenant: str = EVERYONE) -> dict[int, int]:
        """Articles sharing bands of this MinHash sketch, and how many they share. `corpus` finds near-copies by it."""
        ...

    def frequencies(self, terms: Sequence[str]) -> tuple[int, dict[str, int]]:
        """How many articles there are, and in how many of them each stemmed term of `Analysis.terms` occurs."""
        ...

    def alike(self, terms: Sequence[str], since: date | None, tenant: str, limit: int) -> dict[int, Kin]:
        """Articles that share most of `terms`, most shared first; newer ones of equals. `stories` links by it."""
        ...

    def stories(self, tenant: str = EVERYONE, limit: int = 10) -> tuple[Story, ...]:
        """Stories by their newest article, newest first."""
        ...

    def story(self, id: int, tenant: str = EVERYONE) -> Story | None: ...

    def copies(self, id: int, tenant: str = EVERYONE) -> tuple[int, ...]:
        """The articles whose text is that of `id`, nearly word for word, oldest first; itself among them."""
        ...

    def mentions(self, ids: Sequence[int], since: date | None = None, until: date | None = None) -> tuple[Dated, ...]:
        """Dated mentions in the newest versions of `ids` that touch the days asked for, by article and place."""
        ...

    def mentioned(self, since: date, until: date, tenant: str = EVERYONE, limit: int = 1000) -> tuple[Dated, ...]:
        """Dated mentions of the days asked for in all articles, newest article first."""
        ...

    def names(self, tenant: str = EVERYONE, prefix: str = "", limit: int = 10) -> tuple[tuple[str, int], ...]:
        """The names spoken of most, and in how many articles."""
        ...

    def nearest(self, word: str, tenant: str = EVERYONE, limit: int = 3) -> tuple[str, ...]:
        """Stored names and words spelt most like `word`, most like first; for "did you mean"."""
        ...

    def facts(self, tenant: str = EVERYONE) -> Facts: ...

    # --- answers ---

    def remember(self, answer: Answer, now: datetime) -> int:
        """Keep an answer; returns its id."""
        ...

    def recall(self, channel: str, message: str = "") -> Answer | None:
        """The answer that holds platform message `message`, else (empty) the last one in `channel`."""
        ...

    # --- subscriptions ---

    def subscribe(self, subscription: Subscription) -> Subscription:
        """Store a new one (id 0) or the changed one of that id; returns it with its id."""
        ...

    def subscriptions(self, channel: str = "") -> tuple[Subscription, ...]:
        """Those of `channel_of(target)`, or all; stopped ones too; by id."""
        ...

    # --- feeds: `commands` and `verbs` order, `polling` polls ---

    def follow(self, feed: Followed) -> Followed:
        """Store a new feed; returns it with its id, or the one that its tenant follows at that address already."""
        ...

    def unfollow(self, id: int) -> None:
        """Let go of a feed; what it brought stays. Unknown ids are ignored."""
        ...

    def followed(self, tenant: str | None = None) -> tuple[Followed, ...]:
        """The feeds of one tenant, its own only, or of all; stopped ones too; by id."""
        ...

    def feed_facts(self, tenant: str = EVERYONE) -> tuple[int, int, datetime | None]:
        """How many feeds a tenant follows, how many of them fail or have ended, and when one last had news."""
        ...

    def feed_states(self) -> tuple[dict[str, int], datetime | None]:
        """How many feeds there are, everybody's together, by how they fare, and when one was last read.

        "read", "failing", "stopped", and "waiting" to be read for the first time.
        """
        ...

    def take(self, now: datetime, limit: int, lease: float) -> tuple[Followed, ...]:
        """Feeds that are due at `now`, longest due first, each for exactly one caller.

        They are its own until it tells how they fared, or `lease` seconds have passed by the database's clock.
        """
        ...

    def sightings(self, feed: int) -> tuple[Sighting, ...]:
        """What was last seen of a feed, in the order given."""
        ...

    def polled(self, held: Followed, seen: Sequence[Sighting] | None = None) -> bool:
        """End a take: how the feed fares now, and (unless None) what is seen of it; false where it was taken over.

        An address that another feed of its tenant has already is not changed to.
        """
        ...

    # --- the outbox: `delivery` ---

    def claim(self, delivery: Delivery, lease: float) -> Delivery | None:
        """Take `delivery.key` for `lease` seconds by the database's clock.

        The row, as stored, for exactly one caller until it is settled or the lease runs out; else None.
        A key taken over returns the payload frozen before, counts an attempt and drops the reason of its release.
        """
        ...

    def freeze(self, held: Delivery, payload: str, mark: int) -> bool:
        """Fix what will be sent under a claim; false where the claim was taken over or its payload stands already.

        `held`, here and below, is the row that `claim` returned: who lost the claim since changes nothing.
        """
        ...

    def settle(
        self, held: Delivery, state: DeliveryState, now: datetime, ids: tuple[str, ...] = (), reason: str = ""
    ) -> None:
        """End a claim."""
        ...

    def release(self, held: Delivery, reason: str, after: float) -> None:
        """Give a claim back, to be taken up again `after` seconds from now: refused for now, not for good."""
        ...

    def unsettled(self) -> tuple[Delivery, ...]:
        """Frozen or claimed rows whose lease has run out, oldest first: what a recovery takes up."""
        ...

    def deliveries(self, subscription: int = 0, limit: int = 10) -> tuple[Delivery, ...]:
        """Digest rows, of one subscription or all, newest slot first."""
        ...

    def last_due(self) -> dict[int, datetime]:
        """When the newest slot of each subscription was due, of those that have a row and are not stopped."""
        ...

    # --- upkeep: `running` and `web` ---

    def prune(self, answers: datetime, replies: datetime, digests: datetime) -> int:
        """Let go of answers given before `answers`, and of settled rows of replies and digests of before those.

        The newest row of a subscription stays, whatever its age: it bears the mark. Returns how many went.
        """
        ...

    def probe(self) -> None:
        """Write something that changes nothing: StoreError where the database could not keep a claim now."""
        ...

    # --- guilds and workspaces that come and go: `tenants` ---

    def tenants(self) -> tuple[str, ...]:
        """All of whom anything is stored, in order; EVERYONE is none of them."""
        ...

    def depart(self, tenants: Collection[str], now: datetime) -> None:
        """The bot was removed from these: the first time counts, until they `arrive` again."""
        ...

    def arrive(self, tenants: Collection[str]) -> None:
        """The bot is in these: nothing of theirs goes."""
        ...

    def clear(self, before: datetime) -> tuple[str, ...]:
        """Let go of all that belongs to those who departed before `before`, and to what is private in them.

        Articles, answers, subscriptions and deliveries go without a trace; returns whose they were.
        """
        ...

    def close(self) -> None: ...


Handler = Callable[[Request], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Health:
    """How a platform's connection is: `ready`, and in words where it is not.

    `latency` is of the last answered heartbeat, in seconds, where one was. Counted since the process began: how often
    it connected anew, how many requests were put off by a rate limit, and how many seconds these were `held_back`.
    """

    ready: bool
    detail: str = ""
    latency: float | None = None
    reconnects: int = 0
    limited: int = 0
    held_back: float = 0.0


class Chat(Protocol):
    """A platform. `render(message)`, pure, stands beside each."""

    async def run(self, handle: Handler) -> None:
        """Connect and answer until cancelled; reconnecting is its own affair."""
        ...

    async def post(
        self, target: Target, message: Message, key: str, *, retry: bool, until: float = inf
    ) -> tuple[str, ...]:
        """Post; returns the platform's message ids.

        With `retry`, look first whether `key` was already posted. Nothing is posted after `until`, by the event
        loop's clock: another process may have taken the message over. Raises RateLimited, Unreachable, Unknown.
        """
        ...

    async def check(self, target: Target) -> tuple[str, ...]:
        """What is missing to post there, in words; empty: nothing."""
        ...

    def health(self) -> Health: ...

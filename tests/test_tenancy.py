"""A thousand attempts of one server's people to read or change what belongs to another's; none gets through."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from bot import commands
from bot.chat.terminal import render
from bot.model import EVERYONE, Followed, Schedule, Subscription, Target
from bot.ports import Answer, Query, Request, Store, channel_of
from tests.make import NOW, put_article

ATTEMPTS = 1000
OWN, OTHERS = "discord/1", "discord/2"  # who asks, and whose it is
HERE, THERE = Target("discord", "11"), Target("discord", "22", "222")
DAILY = Schedule(frozenset(range(7)), 8, 0, "UTC")

# what only the others may see: it is never typed, so that no echo can hold it
SECRET = ("Velkarine", "tombrast", "quillmoor", "Hesperwick")
# what is typed to get at it: these words stand beside the secret ones, or are spelt nearly like them
BAIT = (
    "Oskander", "harbourmaster", "Velkarin", "Hesperwik", "tombras", "resigned", "bridge", "February 2019", '"resigned on"',
    "Oskander resigned", "2019", "harbour", "since 2018", "wid",
)  # fmt: skip

TEXT = (
    "Oskander Velkarine resigned on February 26, 2019, after the harbourmaster of Hesperwick found tombrast in the "
    "bridge. The quillmoor of Hesperwick said that Velkarine will return on March 3, 2019."
)
PUBLIC = "The harbour bridge reopened on February 25, 2019. The harbourmaster said that traffic was light on Monday."


@pytest.fixture
def asked(store: Store) -> dict[str, Any]:
    """A store with the others' article, near-copy, answer, orders and feed, and one article for everyone."""
    common = put_article(store, PUBLIC)
    theirs = put_article(
        store, TEXT, tenant=OTHERS, title="Velkarine resigns", url="https://example.org/wid", publisher="Quillmoor Post"
    )
    put_article(
        store, f"{TEXT} More follows in Hesperwick.", tenant=OTHERS, title="Hesperwick", url="https://e.org/copy"
    )
    request = Request("summit Velkarine", THERE, "k", tenant=OTHERS, trusted=True)
    reply = commands.answer(request, store, NOW)
    assert "Velkarine" in render(reply.message)
    store.remember(Answer(channel_of(THERE), reply.command, reply.citations, ("5001", "5002"), tenant=OTHERS), NOW)
    order = store.subscribe(Subscription(THERE, DAILY, NOW - timedelta(days=1), "Velkarine", tenant=OTHERS))
    store.subscribe(Subscription(THERE, DAILY, NOW - timedelta(days=1), tenant=OTHERS, paused="no Hesperwick"))
    feed = store.follow(
        Followed(
            "https://example.org/Quillmoor.xml", NOW, NOW, OTHERS, THERE, title="Hesperwick News", synced=True,
            success=NOW, news=NOW, failures=1, failing=NOW, reason="Tombrast cannot be read",
        )
    )  # fmt: skip
    return {"store": store, "theirs": theirs, "common": common, "order": order.id, "feed": feed}


def typed(rng: random.Random, known: dict[str, Any]) -> str:
    bait, number = rng.choice(BAIT), rng.choice((known["order"], known["order"] + 1, known["theirs"], 1, 2, 3))
    return rng.choice((
        "summit", "timeline", "topics", "more", "status", "source", "help", "digest list", "digest now", "digest preview",
        f"summit {bait}", f"timeline {bait}", f"source {bait}", f"source {number}", f"digest now about {bait}",
        f"digest preview {number}", f"digest stop {number}", f"digest change {number} weekdays 07:30",
        f"digest change {number} daily 07:30 about {bait}", "feed list", f"feed stop {number}", f"feed remove {number}",
        "feed", "feed check 1", "feed add https://example.org/Q", "feed remove https://example.org/Q", bait, f"timeline {bait} until 2020",
    ))  # fmt: skip


def by_commands(rng: random.Random, known: dict[str, Any]) -> str:
    """What somebody of another server gets to read, whatever they type and reply to."""
    target = Target(
        "discord", rng.choice(("11", "12")), rng.choice(("", "", "222")), rng.choice(("", "", "5001", "5002"))
    )
    request = Request(typed(rng, known), target, "k", tenant=rng.choice((OWN, f"{OWN}/dm-9", EVERYONE)), trusted=True)
    store: Store = known["store"]
    reply = commands.answer(request, store, NOW)
    passages = [cited for one in reply.citations for cited in (one.passage, *one.others)]
    assert all(store.article(cited.article).tenant != OTHERS for cited in passages)  # type: ignore[union-attr]
    return render(reply.message)


def by_the_store(rng: random.Random, known: dict[str, Any]) -> str:
    """What the store itself hands out to another tenant."""
    store: Store = known["store"]
    tenant, ids = rng.choice((OWN, f"{OWN}/dm-9", "discord", "%", EVERYONE)), range(6)
    word = rng.choice((*SECRET, *BAIT))
    reads: tuple[Callable[[], object], ...] = (
        lambda: [store.article(hit.article) for hit in store.search(Query((word,)), tenant)],
        lambda: [store.article(hit.article) for hit in store.search(Query(phrases=(word,)), tenant)],
        lambda: store.entries(ids, tenant),
        lambda: [store.article(id_) for id_ in store.newest(tenant)],
        lambda: [store.article(id_) for id_ in store.find("https://example.org/wid", tenant)],
        lambda: store.names(tenant, word[: rng.randint(0, 4)]),
        lambda: store.nearest(word, tenant),
        lambda: [store.article(id_) for story in store.stories(tenant) for id_ in story.articles],
        lambda: [store.story(id_, tenant) for id_ in ids if id_ != known["common"]],
        lambda: [store.article(id_) for id_ in store.copies(known["theirs"], tenant)],
        lambda: [store.article(dated.article) for dated in store.mentioned(date.min, date.max, tenant)],
        lambda: [store.article(id_) for id_ in store.alike(["velkarin", "hesperwick"], None, tenant, 9)],
        lambda: store.followed(tenant),
        lambda: store.feed_facts(tenant)[0] and SECRET[0],
        lambda: store.recall("discord/11", rng.choice(("", "5001"))),
        lambda: store.facts(tenant).articles - 1 and SECRET[0],
    )
    return str(rng.choice(reads)())


def leaked(told: str) -> list[str]:
    return [word for word in SECRET if re.search(rf"\b{word}\b", told, re.IGNORECASE)]


@pytest.mark.parametrize(
    "attempt", [by_commands, by_the_store], ids=["by what one types", "by what the store is asked"]
)
def test_of_a_thousand_attempts_none_gets_through(asked, attempt):
    store: Store = asked["store"]
    before = [one for one in store.subscriptions() if one.tenant == OTHERS]
    rng = random.Random(20260302)
    for _ in range(ATTEMPTS // 2):
        state = rng.getstate()
        told = attempt(rng, asked)
        assert not leaked(told), (state[1][-1], told)
    assert [one for one in store.subscriptions() if one.tenant == OTHERS] == before
    assert store.facts(OTHERS).articles == 3
    assert store.followed(OTHERS) == (asked["feed"],)


def test_the_owners_do_see_all_of_it(asked):
    for text in ("summit Oskander", "timeline Oskander", "source Oskander resigned", "status", "digest list"):
        reply = commands.answer(Request(text, THERE, "k", tenant=OTHERS, trusted=True), asked["store"], NOW)
        assert leaked(render(reply.message)), text


@pytest.mark.parametrize(
    "text", ["digest daily 08:00 UTC", "digest stop 1", "digest list", "digest change 1 daily 07:00"]
)
def test_who_may_not_configure_configures_nothing(asked, text):
    store: Store = asked["store"]
    before = store.subscriptions()
    reply = commands.answer(Request(text, THERE, "k", tenant=OTHERS, trusted=False), store, NOW)
    assert reply.refused
    assert store.subscriptions() == before

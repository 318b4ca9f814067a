"""Guilds and workspaces that come and go: what is theirs stays for a while, and then goes."""

from __future__ import annotations

import asyncio
import io
import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot import running, tenants
from bot.chat.terminal import Terminal
from bot.model import Schedule, Subscription, Target
from bot.ports import Store
from bot.tenants import GRACE, Register
from tests.make import NOW, put_article

ACME, RIVAL = "discord/1", "discord/2"
MOMENT = timedelta(seconds=1)


def order(store: Store, tenant: str, **fields: Any) -> Subscription:
    daily = Schedule(frozenset(range(7)), 8, 0, "UTC")
    since = NOW - timedelta(days=40)
    return store.subscribe(Subscription(Target("discord", "100"), daily, since, tenant=tenant, **fields))


def register(store: Store) -> Register:
    return Register(store, lambda: NOW)


def test_what_is_stored_goes_when_the_grace_period_is_over_and_the_log_says_so(store, caplog):
    order(store, ACME)
    kept = order(store, RIVAL)
    with caplog.at_level(logging.INFO):
        asyncio.run(register(store).left(ACME))
        tenants.clear(store, NOW + GRACE)
        assert ACME in store.tenants()
        tenants.clear(store, NOW + GRACE + MOMENT)
    assert store.subscriptions() == (kept,)
    assert f"{ACME}: the bot was removed; what is stored for it goes in 30 days" in caplog.text
    assert f"{ACME}: what was stored for it is gone" in caplog.text


def test_who_comes_back_finds_everything_and_what_was_paused_goes_on_from_now(store):
    paused = order(store, ACME, paused="the server is gone")
    stopped = order(store, ACME, paused="the server is gone", stopped=True)
    foreign = order(store, RIVAL, paused="the channel is gone")
    asyncio.run(register(store).left(ACME))
    asyncio.run(register(store).joined(ACME))
    tenants.clear(store, NOW + 2 * GRACE)
    assert store.subscriptions() == (replace(paused, paused="", since=NOW), stopped, foreign)


@pytest.mark.parametrize(
    ("tenant", "goes"),
    [(ACME, False), (RIVAL, True), ("discord/dm-7", False), ("slack/T1", False), ("discord/3", False)],
)
def test_of_those_that_a_platform_can_know_who_is_missing_has_removed_it(store, tenant, goes):
    order(store, tenant)
    asyncio.run(register(store).within([ACME], {ACME, RIVAL}.__contains__))
    tenants.clear(store, NOW + GRACE + MOMENT)
    assert store.tenants() == (() if goes else (tenant,))


def test_while_it_serves_it_lets_go_of_those_who_left_long_ago(store):
    put_article(store, tenant=ACME)
    public = put_article(store, text="The bridge was opened on Monday.")
    store.depart([ACME], NOW - GRACE - MOMENT)
    terminal = Terminal(io.StringIO(""), io.StringIO())
    chats = {"terminal": terminal}
    asyncio.run(running.run(store, chats, lambda: NOW, late=timedelta(hours=6), summarizer="dateline"))
    assert store.newest(ACME) == (public,)
    assert store.tenants() == ()

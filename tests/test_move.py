"""A store moved to another kind and back is the same store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.errors import StoreError
from bot.model import (
    EVERYONE,
    Analysis,
    Boilerplate,
    Citation,
    Delivery,
    DeliveryState,
    Followed,
    Mention,
    Passage,
    Schedule,
    Sentence,
    Subscription,
    Target,
    TimexType,
    When,
)
from bot.ports import Answer, Query, Store
from bot.store import open_store, open_whole
from bot.store.moving import move
from tests.make import NOW, make_article
from tests.servers.postgres import PostgresServer

ACME = "discord/acme"
TARGET = Target("discord", "100", "7", "9")
WORDS = ("zürich", "trump", "edited", "gone", "wahlen", "brücke", "haus")


def mentioned(first: str, last: str) -> Mention:
    days = When(date.fromisoformat(first), date.fromisoformat(last))
    return Mention(0, 3, TimexType.DATE, first, days, announced=True, confidence=0.1)


def fill(store: Store) -> None:
    """Something of everything that a store holds."""
    analysis = Analysis(
        sentences=(Sentence(0, 31), Sentence(32, 48, 1)),
        boilerplate=(Boilerplate(0, 4, "dateline"),),
        mentions=(mentioned("2019-02-27", "2019-02-28"), mentioned("1950-01-01", "2019-12-31")),
        digest=((0, 31),),
        names={"Trump": 2, "Kim Jong Un": 1},
        terms={"vote": 1, "bill": 2},
        shingles=(1, 2, 2**63 + 5),
    )
    first = store.add(
        make_article("Zürich \x00\uffff\\ “said” 😀\n\ttwo \\N. Trump.", url="https://x.org/1"), analysis, NOW
    ).id
    edited = store.add(make_article("The first edition.", guid="g", tenant=ACME), analysis, NOW).id
    store.add(make_article("Edited since.", guid="g", tenant=ACME), analysis, NOW + timedelta(days=1), first)
    store.add(make_article("word " * 5000 + "the end of it"), analysis, NOW, first, first)
    store.add(make_article("Vor der Wahl fielen Brücken.", title="Häuser", language="de"), analysis, NOW)
    store.forget(store.add(make_article("Gone.", file="gone.txt"), analysis, NOW).id)
    store.remember(Answer("discord/100/7", "!summit", (Citation(1, Passage(first, 1, 0, 6)),), ("m1", "m2")), NOW)
    schedule = Schedule(frozenset({0, 6}), 8, 30, "Asia/Seoul")
    order = Subscription(TARGET, schedule, NOW, "korea", even_if_empty=True, tenant=ACME)
    stored = store.subscribe(order)
    store.subscribe(replace(stored, paused="no permission"))
    store.subscribe(replace(order, stopped=True))
    held = store.claim(Delivery("digest:1", TARGET, payload="bytes", mark=edited, subscription=stored.id, due=NOW), 60)
    assert held
    store.settle(held, DeliveryState.SENT, NOW, ("m3",), "late")
    store.claim(Delivery("reply:1", TARGET, tenant=ACME), 0)
    store.depart(["discord/left"], NOW)


def everything(url: str) -> dict[str, list[Any]]:
    """Every row of a store, by table; truth as numbers, as SQLite has it."""
    rows: dict[str, list[Any]] = {}
    store = open_whole(url)
    for table, columns, some in store.dump(list):
        by_name = [
            {name: int(it) if isinstance(it, bool) else it for name, it in zip(columns, row, strict=True)}
            for row in some
        ]
        rows.setdefault(table, []).extend(sorted(row.items()) for row in by_name)
    store.close()
    return {table: sorted(of_it, key=repr) for table, of_it in rows.items()}


def seen(store: Store) -> list[object]:
    """What readers get to see of it."""
    return [
        [
            ({hit.article for hit in store.search(Query((word,)), tenant)}, store.nearest(f"{word}x", tenant)),
            (store.facts(tenant), store.stories(tenant), store.names(tenant), store.entries(range(9), tenant)),
            (store.mentioned(date.min, date.max, tenant), store.search(Query(phrases=("end of it",)), tenant) != ()),
        ]
        for word in WORDS
        for tenant in (EVERYONE, ACME)
    ]


@pytest.fixture
def other(postgres: PostgresServer, database: str) -> str:
    return postgres.url(database)


@pytest.fixture
def file(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'dateline.db'}"
    store = open_store(url)
    fill(store)
    store.close()
    return url


def test_a_store_moved_there_and_back_is_the_same_row_by_row(file: str, other: str, tmp_path: Path):
    back = f"sqlite:///{tmp_path / 'back.db'}"
    assert move(file, other) == move(other, back) == 5
    assert everything(file) == everything(other) == everything(back)


def test_a_store_filled_in_postgres_comes_to_sqlite_whole(other: str, tmp_path: Path):
    store = open_store(other)
    fill(store)
    store.close()
    assert move(other, str(tmp_path / "dateline.db")) == 5
    assert everything(other) == everything(str(tmp_path / "dateline.db"))


def test_readers_see_the_same_in_either(file: str, other: str, opened: Callable[[str], Store]):
    move(file, other)
    assert seen(opened(file)) == seen(opened(other))


def test_ids_go_on_where_they_were(file: str, other: str, opened: Callable[[str], Store]):
    move(file, other)
    old, new = opened(file), opened(other)
    for deed in (
        lambda store: store.add(make_article("Another."), Analysis(), NOW).id,
        lambda store: store.remember(Answer("discord/1", "!help", ()), NOW),
        lambda store: store.subscribe(store.subscriptions()[0]).id,
        lambda store: store.follow(Followed("https://x.org/other", NOW, NOW)).id,
        lambda store: store.forget(1) or store.facts(),
    ):
        assert deed(old) == deed(new)


def test_what_is_not_empty_is_not_moved_to(file: str, other: str):
    move(file, other)
    before = everything(other)
    with pytest.raises(StoreError, match="empty"):
        move(file, other)
    with pytest.raises(StoreError, match="empty"):
        move(other, file)
    assert everything(other) == before


def test_a_move_that_fails_half_way_leaves_the_target_empty(file: str, other: str):
    def breaking(batches: Any) -> Any:
        for table, columns, some in batches:
            yield table, columns, some
            if table == "posting":
                raise KeyboardInterrupt

    source, target = open_whole(file), open_whole(other)
    with pytest.raises(KeyboardInterrupt):
        source.dump(lambda batches: target.load(breaking(batches)))
    source.close()
    target.close()
    assert everything(other) == {}
    assert move(file, other) == 5


@pytest.mark.parametrize("address", [":memory:", "sqlite:///nowhere/dateline.db", "sqlite://"])
def test_a_store_that_is_not_there_is_not_made_to_move_from(address: str, tmp_path: Path):
    with pytest.raises(StoreError, match="no store to move from"):
        move(address, str(tmp_path / "new.db"))
    assert not list(tmp_path.iterdir())

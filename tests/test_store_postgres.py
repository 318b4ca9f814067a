"""What holds of the store in PostgreSQL alone: how it opens, what it refuses, what faults and replicas do to it."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import traceback
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import StoreError
from bot.model import Analysis, Delivery, Sentence, Target
from bot.ports import Query, Store
from bot.store import open_store
from bot.store import postgres as adapter
from bot.store.postgres import PostgresStore, finding, lexemes
from bot.store.postgres.address import Address
from bot.store.postgres.lexemes import OVERLAP, PART
from tests.make import NOW, make_article
from tests.servers.postgres import PostgresServer

ANALYSIS = Analysis((Sentence(0, 31),), names={"Kim": 1}, terms={"vote": 1}, shingles=(1, 2))
TARGET = Target("discord", "1")


@pytest.fixture
def url(postgres: PostgresServer, database: str) -> str:
    return postgres.url(database)


@pytest.fixture
def bare(postgres: PostgresServer) -> str:
    """The name of a database without the schema."""
    return postgres.create()


@contextmanager
def connection(url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(url) as db:
        db.execute("SET search_path = dateline")
        yield db


def refusal(url: str) -> str:
    with pytest.raises(StoreError) as refused:
        open_store(url, wait=0.05)
    return str(refused.value)


# --- opening and refusing ---------------------------------------------------------------------------------


def test_several_may_open_a_new_store_at_once(postgres: PostgresServer, bare: str):
    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(lambda _: open_store(postgres.url(bare)), range(6)))
    assert {store.facts() for store in stores} == {stores[0].facts()}
    for each in stores:
        each.close()


def test_what_else_lies_in_the_database_is_left_alone(postgres: PostgresServer, bare: str):
    postgres.run("CREATE TABLE article (id text); CREATE TABLE version (id text)", bare)
    open_store(postgres.url(bare)).close()
    assert postgres.run("SELECT schemaname FROM pg_tables WHERE tablename = 'article' ORDER BY 1", bare) == [
        ("dateline",),
        ("public",),
    ]


def test_a_schema_of_our_name_that_is_not_ours_is_refused_and_left_alone(postgres: PostgresServer, bare: str):
    postgres.run("CREATE SCHEMA dateline; CREATE TABLE dateline.horse (id text)", bare)
    assert "another program" in refusal(postgres.url(bare))
    assert postgres.run("SELECT tablename FROM pg_tables WHERE schemaname = 'dateline'", bare) == [("horse",)]


def test_an_empty_schema_made_for_a_user_without_rights_is_taken(postgres: PostgresServer, bare: str):
    postgres.run("CREATE ROLE modest LOGIN", bare)
    modest = postgres.url(bare).replace("dateline@", "modest@")
    assert "belong to it" in refusal(modest)
    postgres.run("CREATE SCHEMA dateline AUTHORIZATION modest", bare)
    open_store(modest).close()


def test_a_newer_schema_is_refused_and_left_alone(postgres: PostgresServer, bare: str):
    open_store(postgres.url(bare)).close()
    postgres.run("INSERT INTO dateline.migration VALUES (99)", bare)
    assert "newer Dateline (schema 99" in refusal(postgres.url(bare))
    assert postgres.run("SELECT max(number) FROM dateline.migration", bare) == [(99,)]


def test_a_database_that_cannot_hold_every_letter_is_refused(postgres: PostgresServer):
    assert "ENCODING 'UTF8'" in refusal(postgres.url(postgres.create("LATIN1")))


def test_a_server_that_only_follows_is_named(postgres: PostgresServer, url: str):
    postgres.stop()
    postgres.start(following=True)
    try:
        assert "only be read" in refusal(url)
    finally:
        postgres.stop()
        postgres.start()


def test_a_server_that_came_to_only_follow_says_so(
    postgres: PostgresServer, database: str, opened: Callable[[str], Store]
):
    store = opened(postgres.url(database))
    postgres.run(f"ALTER DATABASE {database} SET default_transaction_read_only = on")
    try:
        postgres.stop()
        postgres.start()
        with pytest.raises(StoreError, match="only be read"):
            store.claim(Delivery("key", TARGET), 0)
        assert store.facts().articles == 0
    finally:
        postgres.run(f"ALTER DATABASE {database} RESET default_transaction_read_only")


def test_a_missing_driver_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(sys.modules, "bot.store.postgres")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert "pip install '.[postgres]'" in refusal("postgresql://localhost/name")


PASSWORD = "hunter2-%s-secret"


@pytest.mark.parametrize(
    "sign", ["", "@", "/", "?", "#", ":", "%", "[", "]", "@/", "/@", "?=", "&", " ", "\\", "'", "%zz"]
)
@pytest.mark.parametrize("rest", ["@127.0.0.1:1/name", "@[::1]:1/name", "@127.0.0.1:1x/name", "@127.0.0.1:1", ""])
def test_no_password_is_shown_however_it_is_written(sign: str, rest: str):
    password = PASSWORD % sign
    with pytest.raises(StoreError) as refused:
        open_store(f"postgresql://someone:{password}{rest}", wait=0.05)
    told = "".join(traceback.format_exception(refused.value)).replace(f"someone:{password}", "")
    assert "hunter2" not in told
    assert "secret" not in told
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("where", ["127.0.0.1:1/name", "[::1]:1/name", "127.0.0.1:1"])
def test_a_server_that_is_not_there_is_named(where: str):
    said = refusal(f"postgresql://someone:secret@{where}")
    assert said.startswith(f"PostgreSQL at {where} cannot be reached (")
    assert "refused" in said or "assign" in said  # no IPv6 here


def test_a_missing_database_is_named(postgres: PostgresServer):
    assert 'database "nosuch" does not exist' in refusal(postgres.url("nosuch"))


@pytest.mark.parametrize("url", ["postgresql://[", "postgresql://host/name?nosuch=1", "postgres://host:1/a?b"])
def test_a_malformed_address_is_refused_with_an_example(url: str):
    assert "postgresql://user:password@host:5432/name" in refusal(url)


def test_settings_in_the_address_are_kept(url: str):
    db = Address(f"{url}&application_name=mine").connect(5)
    assert db.info.get_parameters()["application_name"] == "mine"
    db.close()


# --- whole or not at all ----------------------------------------------------------------------------------


def test_a_migration_that_fails_leaves_nothing_behind(
    postgres: PostgresServer, bare: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    half = tmp_path / "next.sql"
    half.write_text("CREATE TABLE half (id text); CREATE TABLE half (id text);")
    with monkeypatch.context() as patch:
        patch.setattr(adapter, "MIGRATIONS", (*adapter.MIGRATIONS, half))
        with pytest.raises(psycopg.errors.DuplicateTable):
            open_store(postgres.url(bare))
    left = postgres.run("SELECT to_regclass('dateline.half'), max(number) FROM dateline.migration", bare)
    assert left == [(None, len(adapter.MIGRATIONS))]


def test_a_newer_step_is_taken_by_an_older_store(
    postgres: PostgresServer, bare: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    open_store(postgres.url(bare)).close()
    step = tmp_path / "next.sql"
    step.write_text("CREATE TABLE later (id text);")
    monkeypatch.setattr(adapter, "MIGRATIONS", (*adapter.MIGRATIONS, step))
    open_store(postgres.url(bare)).close()
    assert postgres.run("SELECT count(*) FROM dateline.later", bare) == [(0,)]


MIGRATE = """
import sys
from bot.store import open_store
print("ready", flush=True)
open_store(sys.argv[1]).close()
"""


@pytest.mark.slow
def test_no_kill_leaves_a_migration_half_applied(postgres: PostgresServer, bare: str):
    dice, whole = random.Random(1), 0
    made = [file.read_text("utf-8").count("CREATE TABLE") for file in adapter.MIGRATIONS]
    steps = [0, *(1 + tables for tables in accumulate(made))]  # one more: that of the steps taken
    for _ in range(150):
        postgres.run("DROP SCHEMA IF EXISTS dateline CASCADE", bare)
        with subprocess.Popen([sys.executable, "-c", MIGRATE, postgres.url(bare)], stdout=subprocess.PIPE) as running:
            assert running.stdout
            running.stdout.readline()
            threading.Timer(dice.uniform(0.05, 0.6), running.kill).start()
        ((tables,),) = postgres.run("SELECT count(*) FROM pg_tables WHERE schemaname = 'dateline'", bare)
        assert tables in steps
        whole += tables == steps[-1]
    assert 0 < whole < 150
    open_store(postgres.url(bare)).close()


def test_articles_of_an_older_store_are_found_by_their_stems_too(url: str, opened: Callable[[str], Store]):
    german = opened(url).add(make_article("Vor der Wahl fiel die Brücke.", language="de"), Analysis(), NOW).id
    with connection(url) as db:  # as it was before
        db.execute("DROP TABLE dateline.stemmed")
        db.execute("UPDATE dateline.search SET words = to_tsvector('simple', 'vor der wahl fiel die brucke')")
        db.execute("DELETE FROM dateline.migration WHERE number >= 5")
    assert [hit.article for hit in opened(url).search(Query(("Wahlen",)))] == [german]


def test_an_article_that_fails_half_way_leaves_nothing_behind(url: str, opened: Callable[[str], Store]):
    store = opened(url)
    with pytest.raises(TypeError):
        store.add(make_article(), Analysis((Sentence(0, 31),), terms={"vote": object()}), NOW)  # type: ignore[dict-item]
    assert store.newest() == ()
    assert store.search(Query(("parliament",))) == ()
    assert store.add(make_article(), ANALYSIS, NOW).outcome == "new"


def test_nothing_is_left_in_any_table_but_stubs_when_all_is_forgotten(url: str, opened: Callable[[str], Store]):
    store = opened(url)
    for number in range(5):
        store.add(
            make_article(f"Zebulon wrote {number} " * (800 if number == 4 else 1), guid=str(number)), ANALYSIS, NOW
        )
    for id_ in store.newest():
        store.forget(id_)
    tables = ("article", "version", "search", "search_part", "word", "mention", "name", "term", "posting", "sketch")
    with connection(url) as db:
        kept = {table: db.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in tables}
    assert kept == {**dict.fromkeys(kept, 0), "article": 5}


# --- servers that go, and replicas ------------------------------------------------------------------------


def test_a_server_that_was_restarted_is_found_again(postgres: PostgresServer, url: str, opened: Callable[[str], Store]):
    store = opened(url)
    with ThreadPoolExecutor(4) as pool:  # several connections lie idle
        list(pool.map(lambda number: store.claim(Delivery(f"a{number}", TARGET), 60), range(20)))
    postgres.stop()
    postgres.start()
    assert store.claim(Delivery("b", TARGET), 60)
    assert store.facts().articles == 0


def test_a_server_that_is_down_says_so_and_serves_when_it_is_back(
    postgres: PostgresServer, url: str, opened: Callable[[str], Store]
):
    store = opened(url)
    postgres.stop("immediate")
    try:
        with pytest.raises(StoreError, match="cannot be reached"):
            store.facts()
        with pytest.raises(StoreError, match="cannot be reached"):
            store.claim(Delivery("a", TARGET), 60)
    finally:
        postgres.start()
    assert store.claim(Delivery("a", TARGET), 60)


def test_a_connection_cut_in_mid_call_says_so_and_nothing_is_half_written(url: str, opened: Callable[[str], Store]):
    store = opened(url)
    assert isinstance(store, PostgresStore)

    def cut() -> None:
        with store._transaction(adapter.WRITING) as db:
            db.execute("INSERT INTO tally VALUES ('x', 1, 1)")
            with connection(url) as other:
                other.execute("SELECT pg_terminate_backend(%s)", (db.info.backend_pid,))

    with pytest.raises(StoreError, match="does not serve"):
        cut()
    assert store.frequencies([]) == (0, {})


def test_a_locked_store_is_waited_for_and_then_named(url: str):
    impatient = open_store(url, wait=0.1)
    with connection(url) as db:
        db.execute("SELECT pg_advisory_xact_lock(%s, %s)", (adapter.APPLICATION, adapter.FILING))
        with pytest.raises(StoreError, match=r"locked by another program for 0\.1 s"):
            impatient.add(make_article(), ANALYSIS, NOW)
        assert impatient.claim(Delivery("key", TARGET), 60)  # the outbox does not wait for articles
        assert impatient.facts().articles == 0
    assert impatient.add(make_article(), ANALYSIS, NOW).outcome == "new"
    impatient.close()


def test_whoever_is_frozen_with_a_lock_is_given_up(url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(adapter, "STALLED", 0.2)
    frozen, other = open_store(url), open_store(url)
    assert isinstance(frozen, PostgresStore)

    def freeze() -> None:
        with frozen._transaction(adapter.WRITING) as db:
            db.execute("SELECT pg_advisory_xact_lock(%s, %s)", (adapter.APPLICATION, adapter.FILING))
            db.execute("INSERT INTO tally VALUES ('x', 1, 1)")
            assert other.add(make_article(), ANALYSIS, NOW).outcome == "new"

    with pytest.raises(StoreError, match="does not serve"):
        freeze()
    assert frozen.frequencies([]) == (1, {})
    frozen.close()
    other.close()


def test_no_more_connections_than_allowed_are_open_however_many_call(
    url: str, opened: Callable[[str], Store], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(adapter, "MOST", 3)
    store = opened(url)
    with ThreadPoolExecutor(16) as pool:
        counts = list(pool.map(lambda number: len(store.newest(after=number)), range(200)))
        with connection(url) as db:
            ((open_ones,),) = db.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'dateline'"
            ).fetchall()
    assert set(counts) == {0}
    assert open_ones <= 3


ADD_MANY = """
import sys
from datetime import datetime, UTC
from bot.model import Analysis, Article, Sentence
from bot.store import open_store

store = open_store(sys.argv[1])
for number in range(40):
    words = f"The vote {number % 20} of {'' if number < 20 else sys.argv[2]}"
    analysis = Analysis((Sentence(0, 8),), names={"Kim": 1}, terms={"vote": 1, str(number % 7): 1}, shingles=(number,))
    store.add(Article(words), analysis, datetime.now(UTC))
store.close()
"""


def test_replicas_add_the_same_and_other_articles_and_count_them_right(url: str, opened: Callable[[str], Store]):
    store = opened(url)
    running = [subprocess.Popen([sys.executable, "-c", ADD_MANY, url, name]) for name in ("a", "b", "c")]
    seen: list[int] = []  # as a digest reads on from its mark
    while any(each.poll() is None for each in running):
        seen.extend(reversed(store.newest(after=max(seen, default=0), limit=1000)))
    seen.extend(reversed(store.newest(after=max(seen, default=0), limit=1000)))
    assert [each.returncode for each in running] == [0, 0, 0]
    assert seen == sorted(store.newest(limit=1000))  # nothing became visible behind the mark
    assert len(seen) == store.facts().articles == 20 + 3 * 20
    assert store.names() == (("Kim", 80),)
    assert store.frequencies(["vote"]) == (80, {"vote": 80})


# --- words ------------------------------------------------------------------------------------------------


@given(st.text(max_size=40))
def test_lexemes_are_words_without_signs_case_or_accents(text: str):
    words = lexemes.lexemes(text)
    assert words == lexemes.lexemes(" ".join(words)) or not text.isascii()
    assert all(word.isalnum() or unicodedata.combining(word[0]) for word in words)


@pytest.mark.parametrize("length", [0, 1, PART, PART + 1, 2 * PART - OVERLAP, 2 * PART + 7])
def test_every_phrase_of_a_long_text_stands_in_one_of_its_parts(length: int):
    words = [str(number) for number in range(length)]
    found = [part.split() for part in lexemes.parts(words)]
    assert all(len(part) <= PART for part in found)
    sets = [set(part) for part in found]
    for start in range(max(length - OVERLAP, 0) + 1):
        phrase = words[start : start + OVERLAP]
        assert not phrase or any(phrase[0] in part and phrase[-1] in part for part in sets)


@pytest.mark.parametrize("place", [0, 1999, 2000, 9_000, 20_000])
def test_a_long_article_is_found_by_any_word_or_phrase_of_it(place: int, url: str, opened: Callable[[str], Store]):
    words = ["the", "of"] * 12_000
    words[place : place + 3] = ["complete", "inventory", "zebulon"]
    store = opened(url)
    id_ = store.add(make_article(" ".join(words), title="Parliament"), ANALYSIS, NOW).id
    store.add(make_article("A complete list, an inventory, by Zebulon."), ANALYSIS, NOW)
    for query in (
        Query(phrases=("complete inventory zebulon",)),
        Query(("zebulon",), ("complete inventory",)),
        Query(("parliament", "zebulon", "inventory"), ("the of",), every=True),
    ):
        assert [hit.article for hit in store.search(query)] == [id_]
    assert store.search(Query(phrases=("inventory complete",))) == ()


def test_two_megabytes_of_different_words_are_stored(url: str, opened: Callable[[str], Store]):
    store, dice = opened(url), random.Random(1)
    text = " ".join(dice.choice("語üß") * 30 + str(number) for number in range(25_000))
    id_ = store.add(make_article(text), ANALYSIS, NOW).id
    stored = store.article(id_)
    assert stored
    assert stored.text == text
    assert store.search(Query(("parliament",)))[0].article == id_


def test_a_phrase_does_not_reach_from_the_title_into_the_text(url: str, opened: Callable[[str], Store]):
    store = opened(url)
    store.add(make_article("inventory of it", title="A complete"), ANALYSIS, NOW)
    assert store.search(Query(phrases=("complete inventory",))) == ()
    assert store.search(Query(phrases=("a complete",)))


@pytest.fixture
def crowded(url: str, opened: Callable[[str], Store], monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store that weighs 40 matches of a word at most and ranks 20, with 100 articles: all "common", two "rare"."""
    monkeypatch.setattr(finding, "WEIGHED", 40)
    monkeypatch.setattr(finding, "PHRASED", 30)
    monkeypatch.setattr(finding, "RANKED", 20)
    store = opened(url)
    for number in range(1, 101):
        words = f"common {'rare' if number in (3, 80) else ''} {'pair' if number == 50 else ''} {number} word"
        store.add(make_article(words, title=""), ANALYSIS, NOW)
    return store


def test_common_words_do_not_hide_rare_ones(crowded: Store):
    hits = [hit.article for hit in crowded.search(Query(("common", "rare", "word")))]
    assert set(hits[:2]) == {3, 80}


def test_of_too_many_matches_the_newest_are_looked_at(crowded: Store):
    assert {hit.article for hit in crowded.search(Query(("common",)), limit=20)} == set(range(81, 101))
    assert len(crowded.search(Query(("common",)), limit=100)) == 40


def test_a_rare_word_beside_a_common_one_is_found_however_old(crowded: Store):
    assert {hit.article for hit in crowded.search(Query(("common", "rare"), every=True))} == {3, 80}
    assert [hit.article for hit in crowded.search(Query(("common",), ("pair 50",)))] == [50]

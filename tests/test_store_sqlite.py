"""What holds of the store in an SQLite file alone: how it opens, what it refuses, what a fault leaves behind."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import apsw
import pytest

from bot.errors import StoreError
from bot.model import Analysis, Delivery, Mention, Sentence, Target, TimexType, When
from bot.ports import Query, Store
from bot.store import open_store
from bot.store.sqlite import SqliteStore, days, finding, schema
from bot.store.sqlite.schema import OLDEST, check_library
from tests.make import NOW, make_article

ANALYSIS = Analysis((Sentence(0, 31),), names={"Kim": 1}, terms={"vote": 1}, shingles=(1, 2))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dateline.db"


@contextmanager
def connection(path: Path) -> Iterator[apsw.Connection]:
    db = apsw.Connection(str(path))
    yield db
    db.close()


def pragma(store: Store, name: str) -> object:
    assert isinstance(store, SqliteStore)
    return store._run("BEGIN", lambda db: db.pragma(name))


# --- opening ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", ["sqlite:///{}", "{}"])
def test_a_store_is_opened_by_url_or_path_and_its_folder_made(
    tmp_path: Path, write: str, opened: Callable[[str], Store]
):
    opened(write.format(tmp_path / "new" / "folder" / "dateline.db"))
    assert list(tmp_path.rglob("dateline.db"))


def test_a_relative_url_is_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: Callable[[str], Store]):
    monkeypatch.chdir(tmp_path)
    opened("sqlite:///data/with%20space.db")
    assert (tmp_path / "data" / "with space.db").exists()


@pytest.mark.parametrize("url", ["", "mysql://host/db", "https://example.org"])
def test_what_is_no_address_of_a_store_is_refused_with_an_example(url: str):
    with pytest.raises(StoreError, match="sqlite:///"):
        open_store(url)


@pytest.mark.parametrize(
    ("name", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("user_version", len(schema.MIGRATIONS))],
)
def test_the_file_is_kept_safe(path: Path, opened: Callable[[str], Store], name: str, value: object):
    assert pragma(opened(str(path)), name) == value


@pytest.mark.parametrize("version", ["3.51.2", "3.7.0", "3.45.1"])
def test_a_library_that_can_damage_the_file_is_refused(version: str):
    with pytest.raises(StoreError, match="pip install"):
        check_library(version)


def test_a_library_without_that_fault_is_taken():
    check_library(".".join(map(str, OLDEST)))
    check_library("3.100.0")


def test_several_may_open_a_new_store_at_once(path: Path):
    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(lambda _: open_store(str(path)), range(6)))
    for each in stores:
        each.close()
    assert path.exists()


# --- refusals ---------------------------------------------------------------------------------------------


def refusal(path: Path) -> str:
    with pytest.raises(StoreError) as refused:
        open_store(str(path), wait=0.05)
    return str(refused.value)


def test_a_newer_schema_is_refused_and_left_alone(path: Path):
    open_store(str(path)).close()
    with connection(path) as db:
        db.pragma("user_version", 99)
    assert "newer Dateline (schema 99" in refusal(path)
    with connection(path) as db:
        assert db.pragma("user_version") == 99


def test_another_programs_database_is_refused_and_left_alone(path: Path):
    with connection(path) as db:
        db.execute("CREATE TABLE article (id)")
    before = path.read_bytes()
    assert "another program" in refusal(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"hello, this is no database" * 99, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_file_that_is_no_database_is_refused(path: Path, content: bytes):
    path.write_bytes(content)
    assert "restore a backup" in refusal(path)


def test_a_truncated_file_is_refused(path: Path):
    store = open_store(str(path))
    for number in range(50):
        store.add(make_article(f"word{number} " * 200), ANALYSIS, NOW)
    store.close()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "restore a backup" in refusal(path)


def test_a_file_overwritten_in_places_says_so_or_serves_but_never_raises_another_error(path: Path):
    store = open_store(str(path))
    for number in range(50):
        store.add(make_article(f"word{number} " * 200), ANALYSIS, NOW)
    store.close()
    whole, dice, said = path.read_bytes(), random.Random(7), 0
    for _ in range(30):
        broken = bytearray(whole)
        at = dice.randrange(4096, len(broken) - 2048)
        broken[at : at + 2048] = dice.randbytes(2048)
        path.write_bytes(broken)
        try:
            store = open_store(str(path))
            store.entries(range(1, 51))
            store.search(Query(("word3", "word4")))
            store.add(make_article("words"), ANALYSIS, NOW)
            store.close()
        except StoreError:
            said += 1
        for log in path.parent.glob("dateline.db-*"):
            log.unlink()
    assert said


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    assert "cannot be used" in refusal(tmp_path / "file" / "dateline.db")


def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path):
    assert "cannot be written" in refusal(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_file_of_another_user_is_named(path: Path):
    open_store(str(path)).close()
    os.seteuid(65534)
    try:
        assert "belong to the user" in refusal(path)
    finally:
        os.seteuid(0)


def test_a_locked_file_is_waited_for_and_then_named(path: Path, opened: Callable[[str], Store]):
    opened(str(path))
    impatient = open_store(str(path), wait=0.05)
    with connection(path) as db:
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"locked by another program for 0\.05 s"):
            impatient.claim(Delivery("key", Target("discord", "1")), 60)
        assert impatient.unsettled() == ()
        db.execute("ROLLBACK")
    assert impatient.claim(Delivery("key", Target("discord", "1")), 60)
    impatient.close()


def test_who_waits_gets_the_lock_when_it_is_let_go(path: Path, opened: Callable[[str], Store]):
    store = opened(str(path))
    with connection(path) as db:
        db.execute("BEGIN IMMEDIATE")
        threading.Timer(0.1, lambda: db.execute("ROLLBACK")).start()
        assert store.claim(Delivery("key", Target("discord", "1")), 60)
        time.sleep(0.01)


# --- whole or not at all ----------------------------------------------------------------------------------


def test_a_connection_that_somebody_still_reads_from_is_not_lent_again(path: Path, opened: Callable[[str], Store]):
    store, other = opened(str(path)), opened(str(path))
    assert isinstance(store, SqliteStore)
    unread = store._run("BEGIN", lambda db: db.execute("SELECT name FROM sqlite_schema"))
    other.claim(Delivery("elsewhere", Target("terminal", "here")), 60)
    assert store.claim(Delivery("here", Target("terminal", "here")), 60)
    unread.close()


def test_a_migration_that_fails_leaves_nothing_behind(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    half = tmp_path / "next.sql"
    half.write_text("CREATE TABLE half (id); CREATE TABLE half (id);")
    open_store(str(path)).close()
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, half))
        with pytest.raises(apsw.SQLError):
            open_store(str(path))
    with connection(path) as db:
        assert db.pragma("user_version") == len(schema.MIGRATIONS)
        assert not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'half'").fetchall()


def test_a_newer_step_is_taken_by_an_older_store(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    open_store(str(path)).close()
    step = tmp_path / "next.sql"
    step.write_text("CREATE TABLE later (id);")
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, step))
    open_store(str(path)).close()
    with connection(path) as db:
        assert db.pragma("user_version") == len(schema.MIGRATIONS)
        assert db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'later'").fetchall()


def test_articles_of_an_older_store_are_found_by_their_stems_too(path: Path, opened: Callable[[str], Store]):
    store = open_store(str(path))
    german = store.add(make_article("Vor der Wahl fiel die Brücke.", language="de"), ANALYSIS, NOW).id
    store.add(make_article("The bridge fell."), ANALYSIS, NOW)
    store.close()
    with connection(path) as db:  # as it was before
        db.execute(
            """DROP VIEW searchable; DROP TABLE stemmed;
               CREATE VIEW searchable AS SELECT article.id, version.title, version.text FROM article
               JOIN version ON version.article = article.id AND version.version = article.version
               WHERE article.withdrawn = 0;
               INSERT INTO search (search) VALUES ('rebuild')"""
        )
        db.pragma("user_version", schema.STEMMED - 1)
    assert [hit.article for hit in opened(str(path)).search(Query(("Wahlen",)))] == [german]
    with connection(path) as db:
        db.execute("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)")


def test_an_article_that_fails_half_way_leaves_nothing_behind():
    store = open_store(":memory:")
    with pytest.raises(TypeError):
        store.add(make_article(), Analysis((Sentence(0, 31),), terms={"vote": object()}), NOW)  # type: ignore[dict-item]
    assert store.newest() == ()
    assert store.search(Query(("parliament",))) == ()
    assert store.add(make_article(), ANALYSIS, NOW).outcome == "new"
    store.close()


def test_the_full_text_index_agrees_with_the_words_whatever_came_and_went(path: Path):
    store, dice = open_store(str(path)), random.Random(3)
    for _ in range(80):
        guid, language = str(dice.randrange(20)), dice.choice(["en", "de", "ja"])
        if dice.random() < 0.7:
            text = f"words {dice.random()} of {guid} 選挙 Wahlen"
            store.add(make_article(text, guid=guid, language=language), ANALYSIS, NOW)
        else:
            store.forget(dice.randrange(20))
    store.close()
    with connection(path) as db:
        db.execute("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)")
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_nothing_is_left_in_any_table_but_stubs_when_all_is_forgotten(path: Path):
    store = open_store(str(path))
    for number in range(5):
        store.add(make_article(f"Zebulon wrote {number}", guid=str(number)), ANALYSIS, NOW)
    for id_ in store.newest():
        store.forget(id_)
    store.close()
    with connection(path) as db:
        kept = {
            table: db.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
            for table in (
                "article",
                "version",
                "word",
                "mention",
                "name",
                "term",
                "posting",
                "sketch",
                "analysis",
                "story",
                "stems",
            )
        }
    assert kept == {**dict.fromkeys(kept, 0), "article": 5}


# --- a corpus too large to look at every match ------------------------------------------------------------


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store that looks at 40 matches at most, with 200 articles: all "common", half "frequent", two "rare"."""
    monkeypatch.setattr(finding, "HITS", 40)
    monkeypatch.setattr(finding, "SAMPLE", 50)
    store = open_store(":memory:")
    for number in range(1, 201):
        words = f"common {'frequent' if number % 2 else ''} {'rare' if number in (3, 150) else ''} {number}"
        store.add(make_article(words, title=""), ANALYSIS, NOW)
    yield store
    store.close()


def test_common_words_do_not_hide_rare_ones(crowded: Store):
    assert {hit.article for hit in crowded.search(Query(("common", "rare", "frequent")))} == {3, 150}


def test_of_too_many_matches_the_newest_are_looked_at(crowded: Store):
    hits = [hit.article for hit in crowded.search(Query(("common",)), limit=200)]
    assert set(hits) == set(range(160, 201))


def test_of_too_many_matches_before_a_day_the_newest_of_those_are_looked_at(crowded: Store):
    assert crowded.search(Query(("common",), until=date(2019, 2, 25))) == ()
    assert crowded.search(Query(("common",), until=date(2019, 2, 26)))


def test_all_of_several_common_words_are_found_together(crowded: Store):
    hits = [hit.article for hit in crowded.search(Query(("common", "frequent"), every=True), limit=200)]
    assert hits
    assert all(number % 2 for number in hits)


@pytest.mark.parametrize("many", [0, 10**6], ids=["by article", "by day"])
def test_mentions_of_days_are_the_same_whichever_way_they_are_found(many: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(days, "MANY", many)
    store, dice = open_store(":memory:"), random.Random(5)
    starts = []
    for number in range(60):
        first = date(2019, 1, 1) + timedelta(days=dice.randrange(400))
        last = first + timedelta(days=dice.choice([0, 0, 30, 31, 365, 366, 5000]))
        starts.append((first, last))
        mention = Mention(0, 3, TimexType.DATE, "", When(first, last))
        store.add(make_article(f"word {number}"), Analysis((Sentence(0, 31),), mentions=(mention,)), NOW)
    since, until = date(2019, 6, 1), date(2019, 6, 30)
    expected = [number for number, (first, last) in enumerate(starts, 1) if first <= until and last >= since]
    assert [one.article for one in store.mentioned(since, until)] == expected[::-1]
    assert [one.article for one in store.mentioned(since, until, limit=3)] == expected[:-4:-1]
    store.close()

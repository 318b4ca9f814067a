"""Backing up and restoring, the lock against a second server, and standing orders out and in, as an operator does it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import apsw
import pytest

from bot.__main__ import main
from bot.errors import StoreError, UserError
from bot.model import Delivery, DeliveryState, Schedule, Subscription, Target
from bot.orders import exported, imported
from bot.store import open_store, served
from bot.store.backup import backup, restore
from tests.make import NOW, put_article, seeded

HERE = Target("discord", "300000000000000001", "300000000000000003")
ORDER = Subscription(
    HERE, Schedule(frozenset({0, 3}), 8, 5, "Asia/Seoul"), NOW - timedelta(days=3), "sanctions", tenant="discord/1"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with two articles, an order and a settled digest."""
    place = tmp_path / "data" / "dateline.db"
    store = seeded(open_store(str(place)))
    order = store.subscribe(ORDER)
    held = store.claim(Delivery("digest:1:a", HERE, subscription=order.id, due=NOW), 60)
    assert held
    store.settle(held, DeliveryState.SENT, NOW, ("5",))
    store.close()
    return place


def told(path: Path) -> tuple[int, int, int]:
    store = open_store(str(path))
    try:
        return store.facts().articles, len(store.subscriptions()), len(store.deliveries())
    finally:
        store.close()


# --- backup -------------------------------------------------------------------------------------------------


def test_a_backup_holds_everything_and_is_one_file(path, tmp_path):
    file = tmp_path / "kept" / "a.backup"
    assert backup(str(path), file) == file.stat().st_size
    assert [one.name for one in file.parent.iterdir()] == ["a.backup"]
    assert told(file) == (2, 1, 1)


def test_a_backup_made_while_others_write_is_of_one_moment(path, tmp_path):
    store = open_store(str(path))
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            put_article(store, f"Dam number {number} held on Monday, though rain fell for {number} hours.")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            file = tmp_path / f"{number}.backup"
            backup(str(path), file)
            copy = open_store(str(file))
            assert len(copy.newest(limit=10_000)) == copy.facts().articles
            copy.close()
    finally:
        stop.set()
        writer.join()
        store.close()


def test_an_older_backup_of_that_name_gives_way_at_once(path, tmp_path):
    file = tmp_path / "a.backup"
    file.write_bytes(b"an older one")
    backup(str(path), file)
    assert told(file) == (2, 1, 1)


def test_a_backup_that_fails_leaves_the_older_one_and_nothing_else(path, tmp_path):
    file = tmp_path / "kept" / "a.backup"
    backup(str(path), file)
    before = file.read_bytes()
    with path.open("r+b") as stream:
        stream.seek(8192)
        stream.write(b"\xff" * 40_000)
    with pytest.raises(StoreError, match="damaged"):
        backup(str(path), file)
    assert file.read_bytes() == before
    assert len(list(file.parent.iterdir())) == 1


def test_a_backup_is_refused_where_it_makes_no_sense(path, tmp_path):
    with pytest.raises(UserError, match="store itself"):
        backup(str(path), path)
    with pytest.raises(UserError, match="folder"):
        backup(str(path), tmp_path)
    with pytest.raises(StoreError, match="no store"):
        backup(str(tmp_path / "none.db"), tmp_path / "b")
    with pytest.raises(UserError, match="pg_dump"):
        backup("postgresql://u:marked@h/d", tmp_path / "b")


# --- restore ------------------------------------------------------------------------------------------------


def test_what_was_backed_up_is_restored_into_an_empty_place(path, tmp_path):
    file, fresh = tmp_path / "a.backup", tmp_path / "fresh" / "dateline.db"
    backup(str(path), file)
    assert restore(str(fresh), file, NOW) == (2, 1)
    assert told(fresh) == (2, 1, 1)
    assert sorted(one.name for one in fresh.parent.iterdir()) == ["dateline.db", "dateline.db.lock"]


def test_a_backup_on_a_medium_that_cannot_be_written_is_restored(path, tmp_path):
    file = tmp_path / "medium" / "a.backup"
    backup(str(path), file)
    file.chmod(0o444)
    file.parent.chmod(0o555)
    try:
        assert restore(str(tmp_path / "fresh" / "dateline.db"), file, NOW) == (2, 1)
        assert len(list(file.parent.iterdir())) == 1
    finally:
        file.parent.chmod(0o755)


def test_nothing_that_was_due_before_the_restore_is_posted_again(path, tmp_path):
    file, fresh = tmp_path / "a.backup", tmp_path / "fresh.db"
    backup(str(path), file)
    restore(str(fresh), file, NOW)
    store = open_store(str(fresh))
    assert [one.since for one in store.subscriptions()] == [NOW]
    store.close()


def test_a_store_that_holds_something_is_not_restored_over_until_it_is_moved_away(path, tmp_path):
    file = tmp_path / "a.backup"
    backup(str(path), file)
    with pytest.raises(StoreError) as refused:
        restore(str(path), file, NOW)
    command = str(refused.value).partition("`")[2].partition("`")[0]
    subprocess.run(["sh", "-c", command], check=True)
    assert restore(str(path), file, NOW) == (2, 1)


def test_an_empty_store_gives_way(path, tmp_path):
    file, fresh = tmp_path / "a.backup", tmp_path / "fresh.db"
    backup(str(path), file)
    open_store(str(fresh)).close()
    assert restore(str(fresh), file, NOW) == (2, 1)


def test_a_log_left_behind_by_another_store_is_not_read_into_the_restored_one(path, tmp_path):
    file, fresh = tmp_path / "a.backup", tmp_path / "fresh.db"
    backup(str(path), file)
    Path(f"{fresh}-wal").write_bytes(b"of another store")
    with pytest.raises(StoreError, match="-wal belongs to the store that stood here"):
        restore(str(fresh), file, NOW)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + b"\x01" * 5000])
def test_what_is_no_backup_is_refused_and_leaves_nothing(tmp_path, content):
    file, fresh = tmp_path / "a.backup", tmp_path / "fresh" / "dateline.db"
    file.write_bytes(content)
    with pytest.raises(StoreError):
        restore(str(fresh), file, NOW)
    assert not fresh.exists()


def test_another_programs_database_is_no_backup(tmp_path):
    file = tmp_path / "other.db"
    other = apsw.Connection(str(file))
    other.execute("CREATE TABLE t (a)")
    other.close()
    with pytest.raises(StoreError, match="another program"):
        restore(str(tmp_path / "fresh.db"), file, NOW)


def test_a_truncated_backup_is_refused(path, tmp_path):
    file = tmp_path / "a.backup"
    backup(str(path), file)
    os.truncate(file, file.stat().st_size // 2)
    with pytest.raises(StoreError, match="damaged"):
        restore(str(tmp_path / "fresh.db"), file, NOW)


def test_restoring_waits_for_the_server_to_be_stopped(path, tmp_path):
    file, fresh = tmp_path / "a.backup", tmp_path / "fresh.db"
    backup(str(path), file)
    with served(str(fresh)), pytest.raises(StoreError, match=f"Process {os.getpid()} on "):
        restore(str(fresh), file, NOW)


# --- the lock against a second server -----------------------------------------------------------------------

SERVING = """
import sys, time
from bot.store import served
with served(sys.argv[1]):
    print("serving", flush=True)
    time.sleep(60)
"""


def serving(path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", SERVING, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "serving\n"
    return process


def ended(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_a_second_server_is_refused_and_told_of_the_first(path):
    process = serving(path)
    try:
        with pytest.raises(StoreError, match=f"Process {process.pid} on .* serves .* already"), served(str(path)):
            pass
    finally:
        ended(process)


def test_the_lock_of_a_process_that_was_killed_is_free(path):
    ended(serving(path))
    with served(str(path)):
        pass


def test_other_commands_open_the_store_beside_a_server(path):
    process = serving(path)
    try:
        assert told(path) == (2, 1, 1)
    finally:
        ended(process)


def test_the_command_line_ends_with_3_and_one_line(path, capsys, monkeypatch):
    monkeypatch.setenv("DATELINE_DATA", str(path.parent))
    monkeypatch.setenv("DISCORD_TOKEN", "marked.token.abcdefgh")
    process = serving(path)
    try:
        assert main(["serve"]) == 3
    finally:
        ended(process)
    said = capsys.readouterr().err
    assert f"Process {process.pid}" in said
    assert len(said.splitlines()) == 1


# --- standing orders ----------------------------------------------------------------------------------------


def test_standing_orders_come_back_as_they_were_and_a_second_time_change_nothing(store):
    ordered = [
        store.subscribe(ORDER),
        store.subscribe(replace(ORDER, words="", even_if_empty=True, target=Target("slack", "C1"), tenant="slack/T1")),
        store.subscribe(replace(ORDER, words="rice prices", paused="the channel is gone")),
        store.subscribe(replace(ORDER, words="no more", stopped=True)),
    ]
    lines = list(exported(store))
    assert len(lines) == 3
    other = open_store(":memory:")
    assert [new for _, new in imported(other, lines, NOW)] == [True] * 3
    assert other.subscriptions() == tuple(replace(one, since=NOW, id=n) for n, one in enumerate(ordered[:3], 1))
    assert [new for _, new in imported(other, lines, NOW)] == [False] * 3
    other.close()


PLAIN: dict[str, object] = {
    "platform": "discord", "channel": "1", "thread": "", "days": ["monday"], "time": "08:00", "zone": "UTC",
    "about": "", "even_if_empty": False, "tenant": "", "paused": "",
}  # fmt: skip
WRONG: list[dict[str, object]] = [
    {"time": "25:00"}, {"zone": "Mars/Base"}, {"days": []}, {"days": ["noday"]}, {"channel": ""},
    {"even_if_empty": "no"}, {"tenant": 5},
]  # fmt: skip


@pytest.mark.parametrize(
    "broken", ["nonsense", "[]", '{"platform": "discord"}', *(json.dumps(PLAIN | wrong) for wrong in WRONG)]
)
def test_a_line_that_is_no_order_is_named_and_none_is_taken(store, broken):
    good = list(exported_of(ORDER))
    with pytest.raises(UserError, match="Line 2 is no standing order"):
        list(imported(store, [*good, broken], NOW))
    assert store.subscriptions() == ()


def exported_of(order: Subscription) -> list[str]:
    other = open_store(":memory:")
    other.subscribe(order)
    lines = list(exported(other))
    other.close()
    return lines


# --- on the command line ------------------------------------------------------------------------------------


def test_an_operator_backs_up_restores_exports_and_imports(path, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATELINE_DATA", str(path.parent))
    assert main(["backup", "a.backup"]) == 0
    assert main(["export"]) == 0
    out = capsys.readouterr().out
    assert "Backed up to a.backup" in out
    (tmp_path / "orders.jsonl").write_text(out.partition("\n")[2], encoding="utf-8")
    monkeypatch.setenv("DATELINE_DATA", str(tmp_path / "new"))
    assert main(["restore", "a.backup"]) == 0
    assert "2 articles and 1 digest order" in capsys.readouterr().out
    monkeypatch.setenv("DATELINE_DATA", str(tmp_path / "other"))
    assert main(["import", "orders.jsonl"]) == 0
    assert capsys.readouterr().out == "Digest 1 is ordered.\n"
    assert main(["import", "none.jsonl"]) == 1
    assert main(["restore", "none.backup"]) == 1

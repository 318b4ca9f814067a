"""The command line, as somebody at a shell meets it."""

from __future__ import annotations

import asyncio
import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.chat.terminal import HERE, Terminal
from bot.message import say
from bot.model import Schedule, Subscription
from bot.store import open_store, place
from tests.make import XINHUA, put_article


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A shell in an empty folder, with nothing set but where the data lies."""
    for name in list(os.environ):
        if name.startswith(("DATELINE_", "DISCORD_", "SLACK_")) or name == "DATABASE_URL":
            monkeypatch.delenv(name)
    monkeypatch.setenv("DATELINE_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    status = main(argv)
    said = capsys.readouterr()
    return status, said.out, said.err


def dateline(*argv: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *argv],
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )


def test_the_terminal_shows_the_digest_then_answers_and_ends_with_the_input():
    done = dateline(typed="!summit\n!source 1\n")
    assert (done.returncode, done.stderr) == (0, "")
    digest, summit, source = (done.stdout.index(part) for part in ("Digest · ", "Sources (2 articles", "File: "))
    assert digest < summit < source


def test_help_says_what_to_do_first():
    done = dateline("--help")
    assert done.returncode == 0
    assert "run `dateline`, then type !summit" in done.stdout


def test_ask_answers_and_remembers(capsys):
    assert run(capsys, "ask", "!summit")[0] == 0
    status, out, _ = run(capsys, "ask", "!source 1")
    assert status == 0
    assert out.startswith("[1] ")


def test_the_picture_of_a_timeline_is_written_to_a_file(capsys, tmp_path):
    status, out, err = run(capsys, "ask", "!timeline", "--picture", "line.png")
    assert (status, err) == (0, "")
    assert out.startswith("Timeline · ")
    assert (tmp_path / "line.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("command", "file", "said"),
    [
        ("!summit", "line.png", "This answer has no picture; a `!timeline` of three dated events or more has one."),
        ("!timeline", "no/such/folder/line.png", "could not be written to no/such/folder/line.png: No such file"),
    ],
)
def test_a_picture_that_cannot_be_written_is_told_and_the_answer_is_shown(capsys, tmp_path, command, file, said):
    status, out, err = run(capsys, "ask", command, "--picture", file)
    assert status == 1
    assert said in err
    assert "Sources (2 articles" in out
    assert not (tmp_path / "line.png").exists()


@pytest.mark.parametrize("platform", ["discord", "slack"])
def test_what_would_be_sent_names_the_picture(capsys, platform):
    sent = json.loads(run(capsys, "ask", "!timeline", "--as", platform)[1])
    assert any(one.get("picture", "").endswith(" bytes") for one in sent)


def test_loading_that_was_cut_off_is_taken_up_again(capsys):
    run(capsys, "ingest", str(XINHUA))
    assert "Sources (2 articles" in run(capsys, "ask", "!summit")[1]
    run(capsys, "forget", "1")
    assert "Sources (1 article)" in run(capsys, "ask", "!summit")[1]


def test_an_own_corpus_gets_no_seeds(capsys, tmp_path):
    (tmp_path / "own.txt").write_text("The harbour reopened on Monday after a week of storms.", encoding="utf-8")
    run(capsys, "ingest", str(tmp_path / "own.txt"))
    assert "Nothing stored mentions" in run(capsys, "ask", "!summit Hanoi")[1]


def test_ask_that_cannot_be_answered_ends_with_1(capsys):
    status, out, _ = run(capsys, "ask", "!summit flibbertigibbet")
    assert status == 1
    assert "Nothing stored mentions" in out


def test_ingest_tells_of_each_file_and_ends_with_1_if_one_failed(capsys, tmp_path):
    good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
    good.write_text("The harbour reopened on Monday after a week of storms.", encoding="utf-8")
    bad.write_bytes(b"")
    status, out, err = run(capsys, "ingest", str(good), str(bad))
    assert status == 1
    assert out == f"{good}: stored as article 1.\n"
    assert err.startswith(f"{bad}: ")
    assert len(err.splitlines()) == 1
    assert run(capsys, "ingest", str(good)) == (0, f"{good}: already stored as article 1.\n", "")


def test_the_same_file_edited_is_a_new_version(capsys, tmp_path):
    path = tmp_path / "a.txt"
    text = " ".join(
        f"The council of ward {n} voted for the new budget on Monday after a long debate." for n in range(20)
    )
    path.write_text(text, encoding="utf-8")
    run(capsys, "ingest", str(path))
    path.write_text(f"{text} The mayor signed it on Tuesday.", encoding="utf-8")
    assert run(capsys, "ingest", str(path))[1] == f"{path}: stored as version 2 of article 1.\n"


def test_jsonl_lines_are_articles_and_a_bad_line_is_named(capsys, tmp_path):
    path = tmp_path / "news.jsonl"
    rows = [
        json.dumps(
            {"title": "Bridge", "text": "The bridge opened on Monday to heavy traffic.", "url": "https://example.org/b"}
        ),
        "{nonsense",
    ]
    path.write_text("\n".join(rows), encoding="utf-8")
    status, out, err = run(capsys, "ingest", str(path))
    assert status == 1
    assert "stored as article 1" in out
    assert f"{path}:2" in err


def test_a_withdrawn_article_is_said_to_be_withdrawn(capsys):
    run(capsys, "ask", "!summit")
    assert run(capsys, "forget", "1")[1].startswith("Article 1 is withdrawn")
    assert "withdrawn" in run(capsys, "ask", "!source 1")[1]


def test_forgetting_what_is_not_stored_ends_with_1(capsys):
    status, _, err = run(capsys, "forget", "https://example.org/nothing")
    assert status == 1
    assert "No article is stored as https://example.org/nothing." in err


def test_digest_prints_and_posts_nothing(capsys):
    status, out, _ = run(capsys, "digest", "--about", "sanctions")
    assert status == 0
    assert out.startswith("Digest · sanctions · ")


def order(tmp_path: Path) -> None:
    """A digest ordered two days ago for one minute ago."""
    store = open_store(str(tmp_path / "data" / "dateline.db"))
    due = datetime.now(UTC) - timedelta(minutes=1)
    schedule = Schedule(frozenset(range(7)), due.hour, due.minute, "UTC")
    store.subscribe(Subscription(HERE, schedule, due - timedelta(hours=30)))
    store.close()


def test_deliver_posts_what_is_due_once(capsys, tmp_path):
    run(capsys, "ask", "!summit")
    order(tmp_path)
    assert "Digest · " not in run(capsys, "deliver", "--dry-run")[1]
    assert "Digest · " in run(capsys, "deliver")[1]
    assert run(capsys, "deliver") == (0, "", "Nothing is due.\n")


def test_check_looks_over_settings_and_corpus(capsys):
    status, out, _ = run(capsys, "check")
    assert status == 0
    assert "0 articles in 0 stories" in out
    assert "Feeds for everyone: none followed.\n" in out


def test_check_names_the_database_that_is_meant_and_no_password(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///news/corpus.db")
    assert f" at {tmp_path}/news/corpus.db.\n" in run(capsys, "check")[1]
    told = place("postgresql://news:se%40cret@db.example:5433/articles")
    assert told == "PostgreSQL at db.example:5433/articles"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ingset", "`dateline ingest`"),
        ("feed", "`dateline feeds`"),
        ("summit", "`dateline ask '!summit'`"),
        ("!sumit", "`dateline ask '!summit'`"),
        ("!digest daily 08:00", "`dateline ask '!digest'`"),
        ("weather", "`dateline ask '!summit'`"),
    ],
)
def test_a_misspelt_command_is_told_what_was_meant(capsys, typed, meant):
    status, _, err = run(capsys, typed)
    assert status == 2
    assert f"There is no command “{typed}”." in err
    assert meant in err


def test_a_digest_about_what_nobody_wrote_says_so(capsys):
    assert "Nothing about zebra is stored yet." in run(capsys, "digest", "--about", "zebra")[1]


def test_serve_without_a_token_names_the_settings(capsys):
    status, _, err = run(capsys, "serve")
    assert status == 2
    assert {"DISCORD_TOKEN", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"} <= set(err.replace(",", " ").split())


def test_every_wrong_setting_is_named_at_once(capsys, monkeypatch):
    monkeypatch.setenv("DATELINE_KEEP_DAYS", "soon")
    monkeypatch.setenv("DATELINE_SUMARIZER", "lead")
    status, _, err = run(capsys, "check")
    assert status == 2
    assert "DATELINE_KEEP_DAYS" in err
    assert "Did you mean DATELINE_SUMMARIZER?" in err


def test_a_database_that_cannot_serve_is_said_so_with_its_own_status(capsys, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "dateline.db").write_bytes(b"this is no database at all" * 100)
    status, _, err = run(capsys, "check")
    assert status == 3
    assert len(err.splitlines()) == 1


def test_a_reader_that_goes_away_is_no_crash():
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m bot ask '!help' | head -1"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    assert "Traceback" not in done.stderr


SCRIPTED: dict[str, tuple[dict[str, object], str, object]] = {
    "sentences": ({"text": "One here. Two there."}, "spans", [[0, 9], [10, 20]]),
    "source": ({"articles": ["The dam held on Monday."], "claim": "The dam held on Monday."}, "verdict", "exact"),
}


@pytest.mark.parametrize("verb", SCRIPTED)
def test_json_lines_in_and_out(verb):
    given, key, expected = SCRIPTED[verb]
    done = dateline(verb, "--jsonl", typed=f"{json.dumps({'id': 7, **given})}\nnonsense\n\n")
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["id"], first[key]) == (7, expected)
    assert second["line"] == 2
    assert "not JSON" in second["error"]


def test_old_articles_go_where_that_is_set(capsys, monkeypatch, tmp_path):
    run(capsys, "ask", "!summit")
    store = open_store(str(tmp_path / "data" / "dateline.db"))
    put_article(store)  # stored by a clock of months ago
    assert store.facts().articles == 3
    store.close()
    monkeypatch.setenv("DATELINE_KEEP_DAYS", "1")
    assert "2 articles" in run(capsys, "check")[1]


@pytest.mark.parametrize(("key", "printed"), [("digest:1", "Good morning."), ("reply:terminal:1", "")])
def test_a_digest_of_a_session_that_died_is_printed_again_and_an_answer_is_not(key, printed):
    sink = io.StringIO()
    asyncio.run(Terminal(io.StringIO(), sink).post(HERE, say("Good morning."), key, retry=True))
    assert sink.getvalue().strip() == printed

"""The log: one line an outcome, and no secret in it, however it got there."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import subprocess
import sys
import urllib.parse
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot import log as logs
from bot.config import Settings
from bot.model import Delivery, DeliveryState, Target

DISCORD = "MARKED-discord-token-0001"
SLACK, APP = "xoxb-MARKED-bot-0002", "xapp-MARKED-app-0003"
PASSWORD = 'MARKED/pass "word"&4'
DSN = f"postgresql://dateline:{urllib.parse.quote(PASSWORD, safe='')}@db.example/news"
ENVIRON = {
    "DISCORD_TOKEN": DISCORD,
    "SLACK_BOT_TOKEN": SLACK,
    "SLACK_APP_TOKEN": APP,
    "DATABASE_URL": DSN,
    "DATELINE_DATA": "/nowhere",
}
KINDS = ("human", "json")
logger = logging.getLogger("dateline")


def settings(kind: str) -> Settings:
    return Settings.load({**ENVIRON, "DATELINE_LOG": kind}, None)


@pytest.fixture(params=KINDS)
def written(request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """What stands in the log; every logger writes there, as a process that serves has it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.Line(settings(request.param)))
    root = logging.getLogger()
    level, logger_level = root.level, logger.level
    root.addHandler(handler)
    root.setLevel("DEBUG")
    yield stream.getvalue
    root.removeHandler(handler)
    root.setLevel(level)
    logger.setLevel(logger_level)


def in_a_message() -> None:
    logger.info("posting with %s", DISCORD)


def in_a_traceback() -> None:
    try:
        raise ValueError(f"no such host: {DSN}")
    except ValueError:
        logger.exception("it failed")


def in_what_caused_it() -> None:
    try:
        try:
            raise OSError(f"login with {PASSWORD!r}")
        except OSError as error:
            raise RuntimeError("outer") from error
    except RuntimeError:
        logger.exception("it failed")


def in_an_address() -> None:
    logger.warning(
        "GET https://example.org/?token=%s&key=%s", urllib.parse.quote(SLACK), urllib.parse.quote_plus(PASSWORD)
    )


def in_json() -> None:
    logger.error("body %s", json.dumps({"token": APP, "password": PASSWORD}))


def in_another_librarys_logger() -> None:
    logging.getLogger("some.library").debug("header Authorization: Bot %s", DISCORD)


def in_a_task_that_nobody_awaits() -> None:
    async def main() -> None:
        asyncio.get_running_loop().call_exception_handler({"message": "lost", "exception": ValueError(DISCORD)})

    asyncio.run(main())


def in_a_password_that_is_not_ours() -> None:
    logger.info("tried postgres://someone:MARKED-other@host/x")


PLACES = [
    in_a_message,
    in_a_traceback,
    in_what_caused_it,
    in_an_address,
    in_json,
    in_another_librarys_logger,
    in_a_task_that_nobody_awaits,
    in_a_password_that_is_not_ours,
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_a_secret_is_masked_wherever_it_turns_up(written, place):
    place()
    assert "***" in written()
    assert "MARKED" not in written()


def test_a_line_of_json_is_one_line_with_delivery_outcome_and_reference():
    line = logs.Line(settings("json"))
    record = logging.LogRecord("dateline", logging.INFO, "f", 1, "a\nb", (), None)
    record.delivery, record.outcome, record.reference = "digest:1:2026-03-02T09:30", "sent", "a1b2c3"
    told = json.loads(line.format(record))
    assert "\n" not in line.format(record)
    assert (told["delivery"], told["outcome"], told["reference"]) == ("digest:1:2026-03-02T09:30", "sent", "a1b2c3")
    assert (told["message"], told["level"], told["time"][-6:]) == ("a\nb", "info", "+00:00")


def test_nobodys_words_can_look_like_a_line_of_ours():
    line = logs.Line(settings("human"))
    forged = "!summit\n2026-03-02 09:30:00,000 INFO dateline: all is well\x1b[2J"
    record = logging.LogRecord("dateline", logging.ERROR, "f", 1, "failed: %s", (forged,), None)
    assert len(line.format(record).splitlines()) == 1
    assert "\x1b" not in line.format(record)


def test_an_outcome_is_one_line_that_names_its_delivery(store, caplog):
    from bot.delivery import Desk
    from tests.make import NOW
    from tests.test_web import Wire

    caplog.set_level("INFO", logger="dateline")
    row = store.claim(Delivery("digest:1:x", Target("wire", "c"), subscription=1, due=NOW), 60)
    asyncio.run(Desk(store, {"wire": Wire()}, lambda: NOW)._settle(row, DeliveryState.MISSED, reason="nobody was up"))
    (record,) = caplog.records
    assert record.getMessage() == "digest:1:x missed: nobody was up"
    assert (vars(record)["delivery"], vars(record)["outcome"]) == ("digest:1:x", "missed")


CRASH = """
import os, sys, threading, warnings
from bot import log
from bot.config import Settings
log.start(Settings.load(os.environ, None), serving=True)
warnings.warn("a warning with " + os.environ["DISCORD_TOKEN"])
def die(): raise ValueError(os.environ["DISCORD_TOKEN"])
thread = threading.Thread(target=die)
thread.start(); thread.join()
die()
"""


@pytest.mark.parametrize("kind", KINDS)
def test_what_nobody_catches_passes_the_redaction_too(kind):
    environ = {
        **{k: v for k, v in os.environ.items() if not k.startswith("DATELINE_")},
        **ENVIRON,
        "DATELINE_LOG": kind,
    }
    done = subprocess.run(
        [sys.executable, "-c", CRASH],
        capture_output=True,
        text=True,
        check=False,
        env={**environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    assert done.returncode == 1
    assert done.stderr.count("stopped by a fault of the program") == 2
    assert "a warning with ***" in done.stderr
    assert "MARKED" not in done.stderr


def test_warnings_of_tests_are_still_errors():
    with pytest.raises(UserWarning):
        warnings.warn("here", UserWarning, stacklevel=1)

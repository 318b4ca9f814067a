"""`dateline doctor` over real sockets: everything that is missing is named, and nothing is posted."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.config import Settings
from bot.doctor import Finding, findings
from bot.model import Schedule, Subscription, Target
from bot.store import open_store
from tests.make import NOW, seeded
from tests.servers import discord as discord_wire
from tests.servers import slack as slack_wire
from tests.servers.discord import CHANNEL, HISTORY, SEND

pytestmark = [pytest.mark.servers, pytest.mark.filterwarnings("ignore:'audioop':DeprecationWarning")]

DAILY = Schedule(frozenset(range(7)), 9, 30, "UTC")
ON_DISCORD = Target("discord", CHANNEL)
ON_SLACK = Target("slack", slack_wire.CHANNEL)


class Ward:
    """A corpus, an order on each platform, and the two platforms; everything is well until a test breaks it."""

    def __init__(self, folder: Path) -> None:
        self.discord, self.slack = discord_wire.Server(), slack_wire.Server()
        self.folder = folder
        self.more: dict[str, str] = {}
        self.store = seeded(open_store(str(folder / "dateline.db")))
        for target in (ON_DISCORD, ON_SLACK):
            self.store.subscribe(Subscription(target, DAILY, NOW))

    async def look(self) -> list[Finding]:
        async with self.discord, self.slack:
            environ = {
                "DATELINE_DATA": str(self.folder),
                "DISCORD_TOKEN": discord_wire.TOKEN,
                "DISCORD_API_BASE": self.discord.base,
                "SLACK_BOT_TOKEN": slack_wire.Server().token,
                "SLACK_APP_TOKEN": slack_wire.Server().app_token,
                "SLACK_API_BASE": self.slack.api,
                **self.more,
            }
            settings = Settings.load({k: v for k, v in environ.items() if v}, None)
            found = [finding async for finding in findings(settings)]
        assert not self.discord.messages
        assert not self.slack.messages
        assert not self.discord.identifies
        return found

    def missing(self) -> list[str]:
        found = asyncio.run(asyncio.wait_for(self.look(), 20))
        return [f"{finding.about}: {finding.text}" for finding in found if not finding.well]


@pytest.fixture
def ward(tmp_path: Path) -> Any:
    one = Ward(tmp_path)
    yield one
    one.store.close()


def test_where_nothing_is_missing_it_says_what_it_looked_at(ward):
    found = asyncio.run(ward.look())
    assert all(finding.well for finding in found), found
    assert [finding.about for finding in found] == [
        "database", "discord", "clock", "digest 1", "slack", "clock", "digest 2",
    ]  # fmt: skip
    assert "SQLite 3." in found[0].text


def test_everything_that_is_missing_is_named_at_once(ward):
    ward.discord.flags = 0
    ward.discord.permissions &= ~(SEND | HISTORY)
    ward.slack.scopes = "chat:write,commands"
    ward.store.subscribe(Subscription(Target("slack", slack_wire.ELSEWHERE), DAILY, NOW))
    told = "\n".join(ward.missing())
    for word in ("Message Content", "Send Messages", "Read Message History", "channels:history", "/invite @Dateline"):
        assert word in told


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("DISCORD_TOKEN", "MARKED.wrong.token", "Discord refuses DISCORD_TOKEN"),
        ("SLACK_BOT_TOKEN", "xoxb-MARKED-wrong", "Slack refuses SLACK_BOT_TOKEN"),
        ("SLACK_APP_TOKEN", "xapp-MARKED-wrong", "Slack refuses SLACK_APP_TOKEN"),
    ],
)
def test_a_refused_token_is_named_by_its_setting_and_not_shown(ward, setting, value, said):
    ward.more[setting] = value
    told = "\n".join(ward.missing())
    assert said in told
    assert "MARKED" not in told


def test_an_app_token_without_its_scope_is_named(ward):
    ward.slack.refuses["apps.connections.open"] = "missing_scope"
    assert any("SLACK_APP_TOKEN lacks a scope" in one for one in ward.missing())


def test_a_channel_that_is_gone_is_named_with_its_digests(ward):
    ward.store.subscribe(Subscription(replace(ON_DISCORD, reply_to="1"), DAILY, NOW, words="rice"))
    ward.discord.gone.add(CHANNEL)
    (told,) = ward.missing()
    assert told.startswith(f"digest 1 and 3: channel {CHANNEL}: the channel is gone")


def test_a_paused_digest_is_named_with_its_reason_and_how_to_go_on(ward):
    (one, _) = ward.store.subscriptions()
    ward.store.subscribe(replace(one, paused="the channel is archived"))
    (told,) = ward.missing()
    assert "the channel is archived" in told
    assert "`!digest resume 1`" in told


@pytest.mark.parametrize(("seconds", "way"), [(120, "ahead of"), (-120, "behind")])
def test_a_clock_that_is_wrong_is_named(ward, monkeypatch, seconds, way):
    monkeypatch.setattr("bot.chat.clock.time", SimpleNamespace(time=lambda: time.time() + seconds))
    told = ward.missing()
    assert len(told) == 2
    assert all(f" s {way} " in one for one in told)


def test_logins_that_are_used_up_are_named(ward):
    ward.discord.used = 200
    (told,) = ward.missing()
    assert "200 logins within a day" in told


def test_a_platform_that_is_away_is_named_and_the_others_are_looked_at(ward):
    ward.discord.away = True
    assert any("Discord does not answer" in one for one in ward.missing())


def test_an_order_for_a_platform_without_tokens_is_named(ward):
    ward.more |= {"SLACK_BOT_TOKEN": "", "SLACK_APP_TOKEN": ""}
    (told,) = ward.missing()
    assert told == "digest 2: is for slack, whose tokens are not set."


def test_a_database_that_cannot_serve_is_named_and_the_platforms_are_looked_at(ward, tmp_path):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "dateline.db").write_bytes(b"no database at all" * 100)
    ward.more["DATELINE_DATA"] = str(tmp_path / "broken")
    (told,) = ward.missing()
    assert told.startswith("database: ")


def test_an_empty_corpus_is_named(ward, tmp_path):
    ward.more["DATELINE_DATA"] = str(tmp_path / "new")
    (told,) = ward.missing()
    assert "`dateline ingest`" in told

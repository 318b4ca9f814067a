"""`dateline serve` as a process of its own, over real sockets: how it ends, and what it never says."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.make import SEEDS
from tests.servers import discord as discord_wire
from tests.servers import slack as slack_wire
from tests.servers import until

pytestmark = pytest.mark.servers

MARK = "MARKED"  # stands in every token


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 120))


@dataclass
class Served:
    """A process that serves, and all that it has written to its standard streams."""

    process: asyncio.subprocess.Process
    said: bytearray = field(default_factory=bytearray)

    async def ended(self) -> int:
        return await asyncio.wait_for(self.process.wait(), 60)

    @property
    def lines(self) -> list[str]:
        return self.said.decode().splitlines()


@asynccontextmanager
async def serving(home: Path, **settings: str) -> AsyncIterator[Served]:
    """`dateline serve` with these settings and no others."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("DATELINE_", "DISCORD_", "SLACK_"))
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "serve"),
        cwd=home,
        env={**clean, "PYTHONPATH": str(SEEDS.parent), "DATELINE_DATA": str(home), "DATELINE_HTTP": "off", **settings},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    served = Served(process)
    reading = asyncio.create_task(_read(served))
    try:
        yield served
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await reading


async def _read(served: Served) -> None:
    assert served.process.stdout
    while some := await served.process.stdout.read(65536):
        served.said += some


async def up(*servers: discord_wire.Server | slack_wire.Server) -> None:
    """Until the process is connected to each; it may take long to start on a busy machine."""
    await until(lambda: all(any(not one.closed for one in server._sockets) for server in servers), 60)


def discord(server: discord_wire.Server, **other: str) -> dict[str, str]:
    own = {"DISCORD_TOKEN": server.token, "DISCORD_API_BASE": server.base, "DISCORD_GATEWAY_URL": server.gateway_url}
    return own | other


def slack(server: slack_wire.Server, **other: str) -> dict[str, str]:
    own = {"SLACK_BOT_TOKEN": server.token, "SLACK_APP_TOKEN": server.app_token, "SLACK_API_BASE": server.api}
    return own | other


@pytest.mark.parametrize(
    ("setting", "wrong"),
    [
        ("DISCORD_TOKEN", "MARKED.wrong.token"),
        ("SLACK_BOT_TOKEN", "xoxb-MARKED-wrong"),
        ("SLACK_APP_TOKEN", "xapp-MARKED-wrong"),
    ],
)
def test_a_wrong_token_ends_it_with_one_sentence_that_names_the_setting(setting, wrong, tmp_path):
    async def test() -> None:
        async with discord_wire.Server() as one, slack_wire.Server() as other:
            settings = discord(one) if setting.startswith("DISCORD") else slack(other)
            async with serving(tmp_path, **settings | {setting: wrong}) as served:
                assert await served.ended() == 2
            (line,) = served.lines
            assert setting in line
            assert MARK not in line
            assert other.opened == one.identifies == 0

    run(test)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_well_when_it_is_told_to(number, tmp_path):
    async def test() -> None:
        async with discord_wire.Server() as one, slack_wire.Server() as other:
            async with serving(tmp_path, **discord(one), **slack(other)) as served:
                await up(one, other)
                served.process.send_signal(number)
                assert await served.ended() == 0
            assert "Traceback" not in served.said.decode()

    run(test)


def test_no_token_shows_in_anything_it_writes_or_says(tmp_path):
    """Everything at DEBUG, whatever goes wrong."""

    async def test() -> None:
        one, other = discord_wire.Server(flags=0), slack_wire.Server(scopes="chat:write")
        async with one, other:
            settings = {
                **discord(one),
                **slack(other),
                "DATELINE_LOG_LEVEL": "debug",
                "SLACK_ADMINS": slack_wire.READER,
            }
            async with serving(tmp_path, **settings) as served:
                await up(one, other)
                await _everything(one, other)
                one.token = "another"  # both are revoked, one after the other
                await one.drop(4004)
                await until(lambda: "discord has stopped" in served.said.decode())
                before = len(other.messages)
                await other.says("!summit", by=slack_wire.ADMIN)
                await until(lambda: len(other.messages) > before)  # the other platform goes on
                other.token = other.app_token = "another"
                await other.says("!summit", by=slack_wire.ADMIN)
                assert await served.ended() == 2
            text = served.said.decode()
            assert " DEBUG discord" in text
            assert " DEBUG slack" in text
            assert "Traceback" in text  # of the events that make no sense: what is shown of code shows no token either
            assert "DISCORD_TOKEN" in text
            assert "SLACK_BOT_TOKEN" in text
            assert MARK not in text
            assert MARK not in str(
                (one.messages, one.callbacks, one.commands, other.messages, other.whispers, other.views)
            )
            assert not [file for file in tmp_path.rglob("*") if file.is_file() and MARK.encode() in file.read_bytes()]

    run(test)


async def _everything(one: discord_wire.Server, other: slack_wire.Server) -> None:
    """Each entrance and many a failure on both platforms."""
    typed = ["!summit", "!digest daily 08:00 UTC to #nowhere", "!status", "!source nothing of the kind"]
    for text in typed:
        await one.says(f"<@{discord_wire.ME}> {text}", by=discord_wire.OWNER)
        await other.says(text)
    await one.interacts(2, {"name": "help"}, user=discord_wire.OWNER)
    await one.interacts(4, {"name": "summit", "options": [{"name": "words", "value": "k", "focused": True, "type": 3}]})
    await other.command("/dateline", "topics")
    await other.event({"type": "app_home_opened", "user": slack_wire.READER, "tab": "home", "event_ts": "1.5"})
    await until(lambda: other.views and len(one.messages) >= len(typed) + 1 and len(other.messages) >= len(typed) + 1)
    one.faults += [discord_wire.Fault(500), discord_wire.Fault(429, retry_after=0.01), discord_wire.Fault(403, 50013)]
    other.faults += [slack_wire.Fault(status=503), slack_wire.Fault(error="channel_not_found")]
    for _ in range(2):
        await one.says(f"<@{discord_wire.ME}> !topics")
        await other.says("!topics")
    await one.dispatch("MESSAGE_CREATE", {"nonsense": True})
    await other.event({"type": "message"})
    await other.send({"type": "events_api", "envelope_id": "x", "payload": {"event": "nonsense"}})
    await until(lambda: one.identifies > 1 and not one.faults and not other.faults)
    await one.connected()
    opened = other.opened
    await other.disconnects("warning")
    await until(lambda: other.opened > opened)
    await other.connected()
    before = len(other.messages)
    await other.says("!topics", by=slack_wire.GUEST)
    await until(lambda: len(other.messages) > before)

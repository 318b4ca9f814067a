"""`dateline serve` as a process of its own, over real sockets: how it starts, is watched, and stops."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import running
from bot.model import Delivery, DeliveryState, Schedule, Subscription, Target
from bot.store import open_store
from tests.make import seeded
from tests.servers import discord as discord_wire
from tests.servers import slack as slack_wire
from tests.servers.discord import CHANNEL, Fault
from tests.test_web import free_port

pytestmark = pytest.mark.servers

START, STOP = 5.0, 10.0  # seconds that an operator waits at most


async def patiently(is_so: Callable[[], object]) -> None:
    """Wait for a process, on a machine that may have others to run."""
    async with asyncio.timeout(40):
        while not is_so():  # noqa: ASYNC110  another process brings it about
            await asyncio.sleep(0.01)


class Machine:
    """Both platforms, a corpus, and what the environment of a process says."""

    def __init__(self, folder: Path) -> None:
        self.discord, self.slack = discord_wire.Server(), slack_wire.Server()
        self.folder = folder
        self.port = free_port()
        seeded(open_store(str(folder / "dateline.db"))).close()

    @property
    def environ(self) -> dict[str, str]:
        ours = ("DATELINE_", "DISCORD_", "SLACK_", "DATABASE_")
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(ours)},
            "PYTHONPATH": str(Path(__file__).parent.parent),
            "DATELINE_DATA": str(self.folder),
            "DATELINE_HTTP": f"127.0.0.1:{self.port}",
            "DATELINE_LOG": "json",
            "DISCORD_TOKEN": discord_wire.TOKEN,
            "DISCORD_API_BASE": self.discord.base,
            "DISCORD_GATEWAY_URL": self.discord.gateway_url,
            "SLACK_BOT_TOKEN": self.slack.token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_API_BASE": self.slack.api,
        }

    async def dateline(self, *argv: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *argv),
            env=self.environ,
            cwd=self.folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def says(self, *argv: str) -> tuple[int | None, str]:
        """How a command ends, and all that it prints."""
        process = await self.dateline(*argv)
        out, err = await process.communicate()
        return process.returncode, (out + err).decode()

    @asynccontextmanager
    async def serving(self, *, ready: bool = True) -> AsyncIterator[asyncio.subprocess.Process]:
        async with self.discord, self.slack:
            process = await self.dateline("serve")
            try:
                while ready and (await self.says("healthcheck"))[0] and process.returncode is None:
                    pass
                yield process
            finally:
                if process.returncode is None:
                    process.kill()
                await process.communicate()

    def rows(self) -> tuple[Delivery, ...]:
        store = open_store(str(self.folder / "dateline.db"))
        rows = store.deliveries()
        store.close()
        return rows

    def order(self) -> None:
        """A digest that was due a minute ago."""
        due = datetime.now(UTC) - timedelta(minutes=1)
        store = open_store(str(self.folder / "dateline.db"))
        schedule = Schedule(frozenset(range(7)), due.hour, due.minute, "UTC")
        store.subscribe(Subscription(Target("discord", CHANNEL), schedule, due - timedelta(hours=1)))
        store.close()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 60))


def cpu(pid: int) -> float:
    """Seconds of processor time that a process has used: others may load the machine."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_it_serves_within_five_seconds_and_says_so(machine):
    async def test() -> None:
        async with machine.serving() as process:
            assert process.pid
            assert cpu(process.pid) < START
            status, said = await machine.says("healthcheck")
            told = json.loads(said)
            assert (status, told["ready"], told["slack"]) == (0, True, "connected")
            assert told["discord"].startswith("connected, ")

    run(test)


def test_it_is_not_ready_when_a_platform_goes_away_but_lives(machine):
    async def test() -> None:
        async with machine.serving():
            machine.discord.gateway_away = True
            await machine.discord.drop()
            while (answer := await machine.says("healthcheck"))[0] == 0:
                pass
            assert "not connected to Discord" in answer[1]
            assert (await machine.says("healthcheck", "--live"))[0] == 0

    run(test)


def test_where_nobody_serves_the_healthcheck_fails_with_a_sentence(machine):
    async def test() -> None:
        async with machine.discord, machine.slack:
            status, said = await machine.says("healthcheck")
        assert status == 1
        assert said.startswith("Nobody answers at 127.0.0.1 port")
        assert len(said.splitlines()) == 1

    run(test)


def test_a_second_server_on_the_same_data_is_refused_while_other_commands_work(machine):
    async def test() -> None:
        async with machine.serving() as process:
            status, said = await machine.says("serve")
            assert (status, len(said.splitlines())) == (3, 1)
            assert f"Process {process.pid} on " in said
            assert (await machine.says("check"))[0] == 0
            assert (await machine.says("backup", "a.backup"))[0] == 0
            assert (await machine.says("restore", "a.backup"))[0] == 3
            assert (await machine.says("ask", "!status"))[0] == 0

    run(test)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_within_ten_seconds_and_well(machine, number):
    async def test() -> None:
        async with machine.serving() as process:
            began = time.monotonic()
            process.send_signal(number)
            assert await process.wait() == 0
            assert time.monotonic() - began < STOP

    run(test)


@pytest.mark.parametrize("what", ["a digest", "an answer"])
def test_what_is_being_sent_when_it_is_stopped_is_sent_to_its_end(machine, what):
    async def test() -> None:
        fault = Fault(503, after=True, slow=1.5)  # it is stored, and the answer takes long and is lost
        if what == "a digest":
            machine.order()
            machine.discord.faults = [fault]
        async with machine.serving(ready=what == "an answer") as process:
            if what == "an answer":
                machine.discord.faults = [fault]
                await machine.discord.says("!help")
            await patiently(lambda: machine.discord.messages)
            process.terminate()
            _, said = await process.communicate()
        assert process.returncode == 0, said.decode()
        assert '"outcome": "sent"' in said.decode()
        assert len(machine.discord.answers()) == 1

    run(test)


def test_what_takes_longer_is_left_to_the_next_process_and_comes_once(machine):
    async def test() -> None:
        machine.order()
        machine.discord.faults = [Fault(503, after=True, slow=30)]
        async with machine.serving(ready=False) as process:
            await patiently(lambda: machine.discord.messages)
            began = time.monotonic()
            process.terminate()
            _, said = await process.communicate()
            assert time.monotonic() - began < STOP
            assert process.returncode == 0, said.decode()
            assert b"Traceback" not in said, said.decode()
        (row,) = machine.rows()
        assert row.state is DeliveryState.CLAIMED
        assert len(machine.discord.answers()) == 1

    run(test)


def test_a_tick_that_takes_long_does_not_keep_it_from_stopping(monkeypatch):
    monkeypatch.setattr("bot.running.GRACE", 0.2)
    monkeypatch.setattr("bot.running.AGAIN", 0.05)
    ended: list[str] = []

    async def forever() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            try:  # as one that waits for a send does
                await asyncio.sleep(60)
            finally:
                ended.append("left")

    async def test() -> None:
        asyncio.get_running_loop().call_later(0.05, os.kill, os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(running.until_stopped(forever()), 5)

    asyncio.run(test())
    assert ended == ["left"]

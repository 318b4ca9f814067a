"""The whole way on each platform: a real question over a real socket, the corpus, and what is then to be read."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot import commands, corpus, running, schedule, verbs
from bot.chat import Spoken, open_chat, payloads
from bot.delivery import Desk
from bot.errors import TokenError
from bot.message import Action, Message, Paragraph, Text
from bot.model import DeliveryState, Schedule, Subscription, Target
from bot.ports import Chat, Store
from bot.store import open_store
from tests.make import NOW
from tests.servers import discord as discord_wire
from tests.servers import slack as slack_wire
from tests.servers import until

pytestmark = [pytest.mark.servers, pytest.mark.filterwarnings("ignore:'audioop':DeprecationWarning")]

SPOKEN = tuple(Spoken(one.name, one.summary, takes_words=True) for one in commands.COMMANDS.values())


class OnDiscord:
    """A channel on Discord, and who writes there."""

    name = "discord"

    def __init__(self) -> None:
        self.server = discord_wire.Server()
        self.here = Target("discord", discord_wire.CHANNEL)

    def open(self) -> Chat:
        server = self.server
        return open_chat(
            "discord", token=server.token, api_base=server.base, gateway_url=server.gateway_url, spoken=SPOKEN
        )

    async def connected(self) -> None:
        await until(lambda: any(not socket.closed for socket in self.server._sockets))

    async def types(self, text: str) -> None:
        await self.server.says(text, by=discord_wire.OWNER)

    async def mentions(self, text: str) -> None:
        await self.server.says(f"<@{discord_wire.ME}> {text.lstrip('!')}", by=discord_wire.OWNER)

    async def commands(self, text: str) -> None:
        name, _, words = text.lstrip("!").partition(" ")
        options = [{"name": "words", "value": words, "type": 3}] if words else []
        await self.server.interacts(2, {"name": name, "options": options}, user=discord_wire.OWNER)

    async def clicks(self, label: str) -> None:
        shown = next(one for one in self.server.messages if label in str(one.get("components")))
        buttons = [button for row in shown["components"] for button in row["components"]]
        command = next(button["custom_id"] for button in buttons if button["label"] == label)
        data = {"custom_id": command, "component_type": 2}
        hanging = self.server._message(discord_wire.CHANNEL, "", discord_wire.ME) | {"id": shown["id"]}
        await self.server.interacts(3, data, message=hanging)

    async def replies(self, text: str, to: str) -> None:
        answer = self.server._message(discord_wire.CHANNEL, "", discord_wire.ME) | {"id": to}
        reference = {"message_id": to, "channel_id": discord_wire.CHANNEL, "guild_id": discord_wire.GUILD}
        await self.server.says(text, type=19, message_reference=reference, referenced_message=answer)

    def read(self) -> list[str]:
        return [one["content"] for one in self.server.messages if one["content"]]


class OnSlack:
    """A channel on Slack, and who writes there."""

    name = "slack"

    def __init__(self) -> None:
        self.server = slack_wire.Server()
        self.here = Target("slack", slack_wire.CHANNEL)

    def open(self) -> Chat:
        server = self.server
        admins = frozenset({slack_wire.READER})
        slack: Any = open_chat(
            "slack", token=server.token, app_token=server.app_token, api_base=server.api, admins=admins, spoken=SPOKEN
        )
        slack._poster._rate = 0.0  # no second between two messages, here
        chat: Chat = slack
        return chat

    async def connected(self) -> None:
        await self.server.connected()

    async def types(self, text: str) -> None:
        await self.server.says(text)

    async def mentions(self, text: str) -> None:
        message = self.server.message(f"<@{slack_wire.ME}> {text.lstrip('!')}")
        await self.server.event(message)
        await self.server.event(message | {"type": "app_mention"})

    async def commands(self, text: str) -> None:
        await self.server.command("/dateline", text.lstrip("!"))

    async def clicks(self, label: str) -> None:
        shown = next(one for one in self.server.messages if f'"{label}"' in str(one["blocks"]).replace("'", '"'))
        buttons = [one for block in shown["blocks"] if block["type"] == "actions" for one in block["elements"]]
        command = next(button["value"] for button in buttons if button["text"]["text"] == label)
        await self.server.clicks(command, {"ts": shown["ts"]})

    async def replies(self, text: str, to: str) -> None:
        await self.server.clicks(text, {"ts": to})  # Slack has no replies; a button hangs on its message

    def read(self) -> list[str]:
        return [one["text"] for one in self.server.messages]


PLATFORMS: dict[str, Callable[[], Any]] = {"discord": OnDiscord, "slack": OnSlack}
on_each = pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 20))


async def grown(stage: Any, before: int) -> None:
    await until(lambda: len(stage.read()) > before)


@pytest.fixture(scope="module")
def _seeded(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('seeds') / 'dateline.db'}"
    filled = open_store(url)
    list(corpus.take_in([verbs.seeds()], filled, NOW))
    filled.close()
    return url


@pytest.fixture
def url(_seeded: str, tmp_path: Any) -> str:
    copy = tmp_path / "dateline.db"
    shutil.copy(_seeded.removeprefix("sqlite:///"), copy)
    return f"sqlite:///{copy}"


def clock() -> datetime:
    return NOW


@asynccontextmanager
async def serving(stage: Any, url: str) -> AsyncIterator[tuple[Desk, Store]]:
    """One process that serves `stage` from the store at `url`."""
    store = open_store(url)
    chat = stage.open()
    desk = Desk(store, {stage.name: chat}, clock)
    task = asyncio.create_task(chat.run(desk.reply))
    try:
        await stage.connected()
        yield desk, store
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        store.close()


@on_each
@pytest.mark.parametrize("entrance", ["types", "mentions", "commands"])
def test_every_command_answers_on_every_entrance(platform, entrance, url):
    asked = {
        "!summit": "denuclearization",
        "!timeline": "June 12, 2018",
        "!source 2": "[2]",
        "!topics": "North Korea",
        "!more": "",
        "!help": "!summit",
        "!status": "2 articles",
    }

    async def test() -> None:
        stage = platform()
        async with stage.server, serving(stage, url):
            for command, said in asked.items():
                before = len(stage.read())
                await getattr(stage, entrance)(command)
                await grown(stage, before)
                answer = "\n".join(stage.read()[before:])
                assert said in answer.replace("\\", "")
                assert "went wrong" not in answer

    run(test)


@on_each
def test_a_digest_that_is_ordered_in_a_channel_comes_there_once(platform, url):
    async def test() -> None:
        stage = platform()
        async with stage.server, serving(stage, url) as (desk, store):
            await stage.types("!digest daily 09:30 UTC")
            await until(lambda: "Digest 1" in "".join(stage.read()))
            (order,) = store.subscriptions()
            assert order.target == stage.here
            store.subscribe(Subscription(order.target, order.schedule, NOW - timedelta(hours=1), id=order.id))
            dues = schedule.due(store, NOW, timedelta(hours=6))
            states = [await desk.deliver(one) for one in dues * 2]
            assert states == [DeliveryState.SENT, None]
            assert "".join(stage.read()).count("March 2, 2026") == 1

    run(test)


@on_each
def test_a_citation_means_the_digest_it_hangs_on_after_a_restart_too(platform, url):
    async def test() -> None:
        stage = platform()
        async with stage.server:
            async with serving(stage, url) as (desk, store):
                daily = Schedule(frozenset(range(7)), 9, 30, "UTC")
                store.subscribe(Subscription(stage.here, daily, NOW - timedelta(hours=1)))
                for due in schedule.due(store, NOW, timedelta(hours=6)):
                    await desk.deliver(due)
                (row,) = store.deliveries()
                await stage.types("!help")
                await until(lambda: len(stage.read()) == 2)
            async with serving(stage, url):
                await stage.replies("!source 1", row.ids[0])
                await until(lambda: len(stage.read()) == 3)
                assert "[1]" in stage.read()[2].replace("\\", "")

    run(test)


@on_each
def test_a_button_goes_on_from_the_answer_it_hangs_on(platform, url):
    async def test() -> None:
        stage = platform()
        async with stage.server, serving(stage, url):
            await stage.types("!summit")
            await until(lambda: len(stage.read()) == 1)
            await stage.clicks("Timeline")
            await until(lambda: len(stage.read()) == 2)
            assert "June 12, 2018" in stage.read()[1]

    run(test)


def test_a_token_that_one_platform_refuses_leaves_the_other_answering(url):
    async def test() -> None:
        one, other = OnDiscord(), OnSlack()
        async with one.server, other.server:
            store = open_store(url)
            chats = {stage.name: stage.open() for stage in (one, other)}
            task = asyncio.create_task(running.run(store, chats, clock, late=timedelta(hours=6), summarizer="dateline"))
            await one.connected()
            await other.connected()
            await one.server.drop(4004)
            await until(lambda: not chats["discord"].health().ready)
            await other.types("!summit")
            await until(other.read)
            assert not task.done()
            await other.server.event({"type": "tokens_revoked", "tokens": {"bot": [slack_wire.ME]}})
            with pytest.raises(TokenError, match="DISCORD_TOKEN"):
                await task
            store.close()

    run(test)


@pytest.mark.parametrize("entrance", ["types", "mentions", "commands"])
def test_two_processes_that_hear_the_same_answer_once(entrance, url):
    async def test() -> None:
        stage = OnDiscord()
        async with stage.server, serving(stage, url), serving(stage, url):
            await until(lambda: stage.server.identifies == 2)
            await stage.connected()
            await getattr(stage, entrance)("!summit")
            await until(stage.read)
            await asyncio.sleep(0.3)
            assert len(stage.read()) == 1

    run(test)


def test_the_platforms_libraries_are_loaded_only_when_they_are_opened():
    look = (
        "import sys, bot.chat, bot.chat.discord, bot.chat.slack, bot.chat.budget;"
        "print(sorted({'discord', 'slack_sdk', 'slack_bolt', 'aiohttp'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout == "[]\n"


@on_each
def test_the_payloads_that_are_shown_are_those_that_are_sent(platform):
    async def test() -> None:
        stage = platform()
        message = Message((Paragraph((Text("One *line*."),)), Action("More", "!more")))
        async with stage.server:
            await stage.open().post(stage.here, message, "k", retry=False)
        (shown,) = payloads(stage.name, message)
        (sent,) = stage.server.messages
        assert shown.items() <= sent.items()

    run(test)


def test_an_unknown_platform_is_refused():
    with pytest.raises(ValueError, match="irc"):
        open_chat("irc", token="x")
    with pytest.raises(ValueError, match="irc"):
        payloads("irc", Message(()))

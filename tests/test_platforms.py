"""The whole way on each platform: a real question over a real socket, the corpus, and what is then to be read."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot import commands, corpus, running, schedule, tenants, verbs
from bot.chat import Register, Spoken, open_chat, payloads
from bot.delivery import Desk
from bot.errors import TokenError
from bot.message import Action, Message, Paragraph, Text
from bot.model import DeliveryState, Schedule, Subscription, Target
from bot.ports import Chat, Store
from bot.store import open_store, open_whole
from tests.make import NOW
from tests.servers import discord as discord_wire
from tests.servers import slack as slack_wire
from tests.servers import until

pytestmark = [pytest.mark.servers, pytest.mark.filterwarnings("ignore:'audioop':DeprecationWarning")]

SPOKEN = tuple(
    Spoken(
        one.name,
        one.summary,
        takes_words=True,
        managed=one.name in commands.MANAGED,
        shared=one.name in commands.SHARED,
    )
    for one in commands.COMMANDS.values()
)


class OnDiscord:
    """A channel on Discord, and who writes there."""

    name = "discord"

    def __init__(self) -> None:
        self.server = discord_wire.Server()
        self.here = Target("discord", discord_wire.CHANNEL)
        self.tenant = f"discord/{discord_wire.GUILD}"
        self.register: Register | None = None

    def open(self) -> Chat:
        server = self.server
        discord: Any = open_chat(
            "discord",
            token=server.token,
            api_base=server.base,
            gateway_url=server.gateway_url,
            spoken=SPOKEN,
            register=self.register,
        )
        discord._paces = replace(discord._paces, ready=0.05)  # a login is over sooner, here
        chat: Chat = discord
        return chat

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

    async def shut_out(self, *, back: bool = False) -> str:
        """Take from the bot what it needs to post, or give it back; how that is told."""
        await self.permit(discord_wire.ALL if back else discord_wire.ALL & ~discord_wire.SEND)
        return "the bot lacks Send Messages there"

    async def permit(self, permissions: int) -> None:
        """Change what everybody may do."""
        self.server.permissions = permissions
        for role in self.server.guild()["roles"]:
            await self.server.dispatch("GUILD_ROLE_UPDATE", {"guild_id": discord_wire.GUILD, "role": role})
        await asyncio.sleep(0.1)

    def whispered(self) -> list[str]:
        """What its orderer was told in private."""
        return self.server.answers(discord_wire.DM)

    async def let_another_in(self) -> None:
        self.server.bots = {"100000000000000002": discord_wire.ALL}

    async def lose_rights(self) -> str:
        self.server.flags = 0
        return "the Message Content intent is off"

    async def removed(self) -> None:
        await self.server.dispatch("GUILD_DELETE", {"id": discord_wire.GUILD})

    def read(self) -> list[str]:
        return [one["content"] for one in self.server.messages if one["content"]]

    def pictures(self) -> list[tuple[bytes, str]]:
        """The pictures to be seen, each with its words."""
        pictured = [one for one in self.server.messages if one.get("png")]
        return [(one["png"], one["attachments"][0]["description"]) for one in pictured]

    def forbid_files(self) -> None:
        self.server.permissions = discord_wire.ALL & ~discord_wire.FILES


class OnSlack:
    """A channel on Slack, and who writes there."""

    name = "slack"

    def __init__(self) -> None:
        self.server = slack_wire.Server()
        self.here = Target("slack", slack_wire.CHANNEL)
        self.tenant = f"slack/{slack_wire.TEAM}"
        self.register: Register | None = None

    def open(self) -> Chat:
        server = self.server
        admins = frozenset({slack_wire.READER})
        slack: Any = open_chat(
            "slack",
            token=server.token,
            app_token=server.app_token,
            api_base=server.api,
            admins=admins,
            spoken=SPOKEN,
            register=self.register,
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

    async def shut_out(self, *, back: bool = False) -> str:
        self.server.kicked = not back
        return "the bot is not in the channel; type `/invite @Dateline` there"

    def whispered(self) -> list[str]:
        return self.server.answers(slack_wire.READER)

    async def let_another_in(self) -> None:
        self.server.members.append(slack_wire.OTHER_BOT)

    async def lose_rights(self) -> str:
        self.server.scopes = "chat:write"
        return "the bot token lacks the scopes"

    async def removed(self) -> None:
        await self.server.event({"type": "app_uninstalled"})

    def read(self) -> list[str]:
        return [one["text"] for one in self.server.messages]

    def pictures(self) -> list[tuple[bytes, str]]:
        images = [block for one in self.server.messages for block in one["blocks"] if block["type"] == "image"]
        return [(self.server.files[one["slack_file"]["id"]]["png"], one["alt_text"]) for one in images]

    def forbid_files(self) -> None:
        self.server.refuses["files.getUploadURLExternal"] = "missing_scope"


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


DAILY = Schedule(frozenset(range(7)), 9, 30, "UTC")


def clock() -> datetime:
    return NOW


@asynccontextmanager
async def serving(stage: Any, url: str, clock: Callable[[], datetime] = clock) -> AsyncIterator[tuple[Desk, Store]]:
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
        "!digest list": "No digest is ordered yet",
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
@pytest.mark.parametrize("entrance", ["types", "commands"])
def test_a_timeline_comes_with_its_picture_in_the_same_message(platform, entrance, url):
    async def test() -> None:
        stage = platform()
        async with stage.server, serving(stage, url):
            await getattr(stage, entrance)("!timeline")
            await until(stage.pictures)
            assert len(stage.read()) == 1
            ((png, told),) = stage.pictures()
            assert png.startswith(b"\x89PNG")
            assert "June 12, 2018 [1]" in told

    run(test)


@on_each
def test_where_no_files_may_be_attached_a_timeline_comes_in_words_alone(platform, url):
    async def test() -> None:
        stage = platform()
        stage.forbid_files()
        async with stage.server, serving(stage, url):
            for words in ("!timeline", "!topics"):
                before = len(stage.read())
                await stage.types(words)
                await grown(stage, before)
            assert not stage.pictures()
            (timeline, _) = stage.read()
            assert "June 12, 2018" in timeline
            assert "icture" not in timeline

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
def test_who_orders_where_the_bot_cannot_post_is_told_what_is_missing(platform, url):
    async def test() -> None:
        stage = platform()
        async with stage.server, serving(stage, url) as (_, store):
            aim = discord_wire.FORUM if stage.name == "discord" else slack_wire.ELSEWHERE
            missing = "takes no messages itself" if stage.name == "discord" else "/invite @Dateline"
            await stage.types(f"!digest daily 08:00 Asia/Seoul to <#{aim}>")
            await until(stage.read)
            assert "Something is still missing: t" in stage.read()[0]
            assert missing in stage.read()[0].replace("\\", "")
            assert store.subscriptions()[0].target.channel == aim

    run(test)


@on_each
def test_what_is_missing_but_does_not_stop_a_digest_is_told_in_the_status(platform, url):
    async def test() -> None:
        stage = platform()
        async with stage.server, serving(stage, url) as (desk, store):
            if stage.name == "discord":
                await stage.permit(discord_wire.ALL & ~discord_wire.FILES)
            else:
                stage.server.scopes = "chat:write"
            store.subscribe(Subscription(stage.here, DAILY, NOW - timedelta(hours=1), tenant=stage.tenant))
            assert await desk.deliver(*schedule.due(store, NOW, timedelta(hours=6))) is DeliveryState.SENT
            await stage.mentions("!status")
            await until(lambda: any("was posted; the bot" in told and "lacks" in told for told in stage.read()))

    run(test)


@on_each
def test_an_order_that_cannot_be_posted_is_paused_its_orderer_told_once_and_goes_on_by_command(platform, url):
    async def test() -> None:
        stage = platform()
        now = [NOW]
        async with stage.server, serving(stage, url, lambda: now[0]) as (desk, store):
            await stage.types("!digest daily 10:00 UTC")
            await until(stage.read)
            why = await stage.shut_out()
            now[0] += timedelta(hours=1)
            assert await desk.deliver(*schedule.due(store, now[0], timedelta(hours=6))) is DeliveryState.FAILED
            (told,) = map(plain, stage.whispered())
            assert told.startswith("Digest 1, daily at 10:00 (UTC), is paused")
            assert f"{plain(why)}. Once that is put right, type !digest resume 1" in told
            assert [row.reason for row in store.deliveries()] == [why]
            now[0] += timedelta(days=2)
            assert schedule.due(store, now[0], timedelta(hours=6)) == ()
            await stage.shut_out(back=True)
            await stage.types("!status")
            await until(lambda: len(stage.read()) == 3)
            assert f"could not be posted: {plain(why)}." in plain(stage.read()[-1])
            assert f"paused: {plain(why)}. !digest resume 1 goes on with it." in plain(stage.read()[-1])
            await stage.types("!digest resume 1")
            await until(lambda: len(stage.read()) == 4)
            now[0] += timedelta(days=1)
            assert await desk.deliver(*schedule.due(store, now[0], timedelta(hours=6))) is DeliveryState.SENT
            assert len(stage.whispered()) == 1

    run(test)


@on_each
def test_what_other_bots_have_too_is_answered_where_it_is_alone(platform, url):
    async def test() -> None:
        stage = platform()
        async with stage.server, serving(stage, url):
            await stage.types("!help")
            await until(lambda: len(stage.read()) == 1)
        stage = platform()
        await stage.let_another_in()
        async with stage.server, serving(stage, url):
            for text in ("!help", "!status"):
                await stage.types(text)
            await stage.mentions("!help")
            await until(stage.read)
            await asyncio.sleep(0.2)
            assert len(stage.read()) == 1

    run(test)


@on_each
@pytest.mark.parametrize("asked", ["!help", "!status"])
def test_help_and_status_tell_what_it_does_not_hear(platform, asked, url):
    async def test() -> None:
        stage = platform()
        why = await stage.lose_rights()
        async with stage.server, serving(stage, url):
            await stage.mentions(asked)
            await until(stage.read)
            assert why.casefold() in "\n".join(stage.read()).casefold().replace("\\", "")

    run(test)


@on_each
def test_what_is_stored_for_who_removed_the_bot_goes_after_the_grace_period(platform, url):
    async def test() -> None:
        stage = platform()
        now = [NOW]
        store = open_store(url)
        stage.register = tenants.Register(store, lambda: now[0])
        async with stage.server, serving(stage, url, lambda: now[0]):
            await stage.types("!digest daily 10:00 UTC")
            await until(stage.read)
            await asyncio.sleep(0.2)  # on Discord a login is over a little after its last server came
            await stage.removed()
            await until(lambda: departed(url) == {stage.tenant})
            tenants.clear(store, NOW + tenants.GRACE)
            assert [one.tenant for one in store.subscriptions()] == [stage.tenant]
            tenants.clear(store, NOW + tenants.GRACE + timedelta(seconds=1))
            assert (store.subscriptions(), store.tenants()) == ((), ())
            assert store.facts().articles == 2
        store.close()

    run(test)


def plain(told: str) -> str:
    """Without the marks of what is typed, and the escapes."""
    return told.replace("\\", "").replace("`", "")


def departed(url: str) -> set[str]:
    """Whom the store takes to have removed the bot."""
    with contextlib.closing(open_whole(url)) as whole:
        rows = whole.dump(lambda batches: [row for table, _, some in batches if table == "departure" for row in some])
    return {tenant for tenant, _ in rows}


@on_each
def test_a_citation_means_the_digest_it_hangs_on_after_a_restart_too(platform, url):
    async def test() -> None:
        stage = platform()
        async with stage.server:
            async with serving(stage, url) as (desk, store):
                store.subscribe(Subscription(stage.here, DAILY, NOW - timedelta(hours=1)))
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
        async with stage.server:
            async with serving(stage, url):
                await stage.types("!summit")
                await until(lambda: len(stage.read()) == 1)
            async with serving(stage, url):  # buttons outlive the process that posted them
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


def test_an_event_that_two_processes_are_sent_on_slack_is_answered_once(url):
    async def test() -> None:
        stage = OnSlack()
        async with stage.server, serving(stage, url), serving(stage, url):
            await until(lambda: len(stage.server._sockets) == 2)
            message = stage.server.message("!summit")
            for socket in stage.server._sockets:  # who does not acknowledge in time is not the only one who is asked
                payload = {"type": "event_callback", "team_id": slack_wire.TEAM, "event": message, "event_id": "Ev"}
                await socket.send_json({"type": "events_api", "envelope_id": "e", "payload": payload})
            await until(stage.read)
            await asyncio.sleep(0.3)
            assert len(stage.read()) == 1

    run(test)


def test_the_home_tab_tells_what_to_type_how_things_stand_and_what_is_ordered(url):
    async def test() -> None:
        stage = OnSlack()
        async with stage.server, serving(stage, url):
            await stage.types("!digest daily 08:00 Asia/Seoul")
            await until(stage.read)
            home = {"type": "app_home_opened", "user": slack_wire.ADMIN, "tab": "home", "event_ts": "1.5"}
            await stage.server.event(home)
            await until(lambda: stage.server.views)
            view = stage.server.views[0]["view"]
            told = json.dumps(view, ensure_ascii=False)
            for said in ("!summit", "2 articles in 1 story", "Digest 1: ", "daily at 08:00 (Asia/Seoul)"):
                assert said in told
            assert {"type": "channel", "channel_id": slack_wire.CHANNEL} in elements(view["blocks"])
            assert "actions" not in {block["type"] for block in view["blocks"]}

    run(test)


def elements(blocks: Any) -> list[Any]:
    """Every element of blocks, of whatever depth."""
    if isinstance(blocks, list):
        return [element for block in blocks for element in elements(block)]
    return [blocks, *elements(blocks.get("elements", []))] if isinstance(blocks, dict) else []


async def _told_why(stage: Any, desk: Desk, store: Store, why: str) -> None:
    """The digest that is due fails for this reason, its order is paused, and its orderer told."""
    (due,) = schedule.due(store, NOW + timedelta(minutes=30), timedelta(hours=6))
    assert await desk.deliver(due) is DeliveryState.FAILED
    (order,) = store.subscriptions()
    assert why in order.paused
    assert why in plain(stage.whispered()[0])


def test_a_channel_that_is_deleted_pauses_its_digest_until_it_goes_to_another(url):
    async def test() -> None:
        stage = OnDiscord()
        async with stage.server, serving(stage, url) as (desk, store):
            await stage.types("!digest daily 10:00 UTC")
            await until(stage.read)
            stage.server.gone.add(discord_wire.CHANNEL)
            await stage.server.dispatch("CHANNEL_DELETE", stage.server._channels()[discord_wire.CHANNEL])
            await _told_why(stage, desk, store, "the channel is gone")
            change = f"!digest change 1 to <#{discord_wire.POST}>"
            await stage.server.says(change, by=discord_wire.OWNER, channel=discord_wire.POST)
            await until(lambda: stage.server.answers(discord_wire.POST))
            (order,) = store.subscriptions()
            assert (order.target.channel, order.paused) == (discord_wire.POST, "")

    run(test)


def test_a_bot_that_is_kicked_says_why_no_digest_comes_and_goes_on_when_it_is_back(url):
    async def test() -> None:
        stage = OnDiscord()
        store = open_store(url)
        stage.register = tenants.Register(store, clock)
        async with stage.server, serving(stage, url) as (desk, _):
            await stage.types("!digest daily 10:00 UTC")
            await until(stage.read)
            await asyncio.sleep(0.2)  # the login is over a little after the last server came
            stage.server.permissions = 0
            await stage.removed()
            await until(lambda: departed(url) == {stage.tenant})
            await _told_why(stage, desk, store, "or was removed from the server")
            stage.server.permissions = discord_wire.ALL
            guild = {name: value for name, value in stage.server.guild().items() if name != "unavailable"}
            await stage.server.dispatch("GUILD_CREATE", guild)
            await until(lambda: "/summit" in stage.read()[-1])
            assert [one.paused for one in store.subscriptions()] == [""]
            assert departed(url) == set()
        store.close()

    run(test)


def test_a_bot_that_is_timed_out_posts_when_it_may_again(url, monkeypatch):
    monkeypatch.setattr("bot.delivery.SOON", -1.0)
    monkeypatch.setattr("bot.delivery.BACKOFF", 0.01)

    async def test() -> None:
        stage = OnDiscord()
        stage.server.permissions, stage.server.timed_out = discord_wire.VIEW, "2999-01-01T00:00:00+00:00"
        async with stage.server:
            async with serving(stage, url) as (desk, store):
                store.subscribe(Subscription(stage.here, DAILY, NOW - timedelta(hours=1), tenant=stage.tenant))
                (due,) = schedule.due(store, NOW, timedelta(hours=6))
                assert await desk.deliver(due) is DeliveryState.CLAIMED
                (row,) = store.deliveries()
                assert row.reason == "the bot is timed out in this server until 2999-01-01 00:00 UTC"
                assert not store.subscriptions()[0].paused
            stage.server.permissions, stage.server.timed_out = discord_wire.ALL, None
            async with serving(stage, url) as (desk, store):
                await asyncio.sleep(0.1)
                await desk.recover()
                assert "March 2, 2026" in stage.read()[-1]

    run(test)


def test_who_does_not_manage_the_server_is_told_so_on_every_entrance(url):
    async def test() -> None:
        stage = OnDiscord()
        async with stage.server, serving(stage, url) as (_, store):
            server, reader = stage.server, discord_wire.READER
            await server.says("!digest daily 08:00 UTC", by=reader)
            await server.says(f"<@{discord_wire.ME}> digest daily 08:00 UTC", by=reader)
            options = [{"name": "words", "value": "daily 08:00 UTC", "type": 3}]
            await server.interacts(2, {"name": "digest", "options": options}, user=reader)
            await until(lambda: len(stage.read()) == 3)
            assert all("those who manage this server" in told for told in stage.read())
            assert store.subscriptions() == ()

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

"""Discord over real sockets and the real discord.py: what a reader sees, whatever fails on the way."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import threading
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.chat import Spoken, budget
from bot.errors import RateLimited, TokenError, Unknown, Unreachable
from bot.message import Action, Block, Bullet, Heading, Message, Paragraph, Picture, Text, say
from bot.model import Schedule, Subscription, Target
from bot.ports import PERSON, Handler, Request, Store
from bot.store import open_store
from bot.tenants import Register
from tests.make import NOW
from tests.servers import discord as wire
from tests.servers import until
from tests.servers.discord import (
    CHANNEL,
    DM,
    FORUM,
    GUILD,
    MANAGER,
    ME,
    OWNER,
    POST,
    READER,
    THREAD,
    TOKEN,
    Fault,
    Server,
)

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "'audioop'", DeprecationWarning)
    from bot.chat.discord.client import Discord
    from bot.chat.discord.gateway import Exhausted, Logins, Paces

pytestmark = [pytest.mark.servers, pytest.mark.filterwarnings("ignore:Parameters to load are deprecated")]

HERE = Target("discord", CHANNEL)
LATER = NOW + timedelta(seconds=1)
QUICK = Paces(pause=0.01, longest=0.05, steady=60, hung=0.5, silence=60, identify=0.0, ready=0.05)
SPOKEN = (
    Spoken("summit", "A cited briefing.", takes_words=True),
    Spoken("digest", "Standing orders.", takes_words=True, managed=True),
    Spoken("help", "What can be asked.", takes_words=False),
)


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 20))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("keep-alive")]  # discord.py's
    with warnings.catch_warnings():
        # discord.py lets go of a connection that it is cancelled in the middle of opening
        warnings.filterwarnings("ignore", "Unclosed connection", ResourceWarning)
        gc.collect()


def chat(server: Server, **more: Any) -> Discord:
    given: dict[str, Any] = {"token": TOKEN, "spoken": SPOKEN, "paces": QUICK, **more}
    return Discord(**given, api_base=server.base, gateway_url=server.gateway_url)


class Desk:
    """Answers each key once, as the real one does, by saying what it heard."""

    def __init__(self, bot: Discord) -> None:
        self.bot = bot
        self.heard: list[Request] = []
        self.delay = 0.0

    async def __call__(self, request: Request) -> None:
        if request.key in {one.key for one in self.heard}:
            return
        self.heard.append(request)
        await asyncio.sleep(self.delay)
        await self.bot.post(request.target, say(f"heard {request.text}"), f"reply:{request.key}", retry=False)


@asynccontextmanager
async def serving(server: Server, handle: Handler | None = None, **more: Any) -> AsyncIterator[Desk]:
    """A bot that is connected to `server`."""
    async with server:
        bot = chat(server, **more)
        desk = Desk(bot)
        task = asyncio.create_task(bot.run(handle or desk))
        try:
            await asyncio.wait({task, asyncio.create_task(server.connected())}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
            yield desk
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, TokenError):
                await task


@asynccontextmanager
async def posting(server: Server, **more: Any) -> AsyncIterator[Discord]:
    """A bot that only posts: no gateway."""
    async with server:
        yield chat(server, **more)


# --- three entrances, and whose words are heard -------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "text", "addressed"),
    [
        ("!summit sanctions", "!summit sanctions", False),
        (f"<@{ME}> summit sanctions", "summit sanctions", True),
        (f"<@!{ME}>, !summit sanctions", "!summit sanctions", True),
        (f"<@{ME}>", "", True),
    ],
)
def test_a_prefix_and_a_mention_are_heard(content, text, addressed):
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            asked = await server.says(content)
            assert await server.until(1) == [f"heard {text}".strip()]
            (request,) = desk.heard
            assert (request.text, request.addressed, request.trusted) == (text, addressed, False)
            assert (request.target, request.tenant, request.user) == (HERE, f"discord/{GUILD}", READER)
            assert server.messages[0]["message_reference"]["message_id"] == asked

    run(test)


def test_a_slash_command_is_deferred_and_then_answered_in_its_place():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            await server.interacts(2, {"name": "summit", "options": [{"name": "words", "value": "sanctions"}]})
            await until(lambda: server.answers() == ["heard summit sanctions"])
            assert [callback["type"] for callback in server.callbacks] == [5]
            assert desk.heard[0].addressed

    run(test)


def test_a_button_is_the_command_that_it_types():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            (shown,) = await desk.bot.post(
                HERE, Message((Paragraph((Text("A"),)), Action("More", "!more"))), "k", retry=False
            )
            hanging = server._message(CHANNEL, "A", ME) | {"id": shown}
            await server.interacts(3, {"custom_id": "!more", "component_type": 2}, message=hanging)
            assert await server.until(2) == ["A", "heard !more"]
            assert [callback["type"] for callback in server.callbacks] == [6]
            assert desk.heard[0].target.reply_to == shown
            assert server.messages[1]["message_reference"]["message_id"] == shown

    run(test)


def test_topics_are_suggested_while_an_option_is_typed():
    async def test() -> None:
        server = Server()
        async with serving(server, suggest=lambda tenant, typed: [f"{typed}{tenant}", "x" * 101]):
            data = {"name": "summit", "options": [{"name": "words", "value": "sanc", "focused": True, "type": 3}]}
            await server.interacts(4, data)
            await until(lambda: server.callbacks)
            topic = f"sancdiscord/{GUILD}"
            assert server.callbacks[0]["data"]["choices"] == [{"name": topic, "value": topic}]

    run(test)


@pytest.mark.parametrize(("author", "trusted"), [(READER, False), (MANAGER, True), (OWNER, True)])
def test_who_manages_the_server_is_trusted_on_every_entrance(author, trusted):
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            await server.says("!digest list", by=author)
            await server.says(f"<@{ME}> digest list", by=author)
            await server.interacts(2, {"name": "digest"}, user=author)
            await server.until(3)
            assert [request.trusted for request in desk.heard] == [trusted] * 3

    run(test)


def test_in_private_everything_is_for_the_bot_and_its_owner_may_order():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            await server.says("summit sanctions", channel=DM)
            assert await server.until(1, DM) == ["heard summit sanctions"]
            (request,) = desk.heard
            assert request.addressed
            assert request.trusted
            assert request.tenant == f"discord/dm-{READER}"

    run(test)


@pytest.mark.parametrize(("thread", "parent"), [(THREAD, CHANNEL), (POST, FORUM)], ids=["thread", "forum post"])
def test_in_a_thread_and_in_a_forum_post_the_answer_comes_there(thread, parent):
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            await server.says("!summit", channel=thread)
            assert await server.until(1, thread) == ["heard !summit"]
            assert desk.heard[0].target == Target("discord", parent, thread)
            assert await desk.bot.check(desk.heard[0].target) == ()

    run(test)


def test_a_command_in_reply_to_an_answer_means_that_answer():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            answer = server._message(CHANNEL, "An answer", ME)
            reference = {"message_id": answer["id"], "channel_id": CHANNEL, "guild_id": GUILD}
            asked = await server.says("!source 2", type=19, message_reference=reference, referenced_message=answer)
            await server.until(1)
            assert desk.heard[0].target.reply_to == answer["id"]
            assert server.messages[0]["message_reference"]["message_id"] == asked

    run(test)


@pytest.mark.parametrize(
    "more",
    [
        {"author": wire._user(OWNER) | {"bot": True}},
        {"webhook_id": "600000000000000001"},
        {"type": 7},
        {"author": wire._user(ME)},
        {"content": "hello there"},
        {"content": "!"},
        {"content": "!!!"},
        {"content": f"I like <@{ME}>"},
    ],
    ids=[
        "a bot",
        "a webhook",
        "a system message",
        "itself",
        "chatter",
        "a lone !",
        "excitement",
        "a mention in passing",
    ],
)
def test_what_is_not_for_it_is_not_heard(more):
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            await server.says("!summit", **more)
            await server.says("!summit last")
            await server.until(1)
            assert [request.text for request in desk.heard] == ["!summit last"]

    run(test)


def test_an_edit_does_not_run_a_command_again():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            await server.dispatch("MESSAGE_UPDATE", server._message(CHANNEL, "!summit", READER))
            await server.says("!help")
            await server.until(1)
            assert len(desk.heard) == 1

    run(test)


@pytest.mark.parametrize(
    ("typed", "channel", "heard"),
    [
        (f"!digest daily 08:00 to <#{CHANNEL}>", CHANNEL, f"!digest daily 08:00 to #{CHANNEL}"),
        (f"!digest daily 08:00 to #{THREAD} about x", CHANNEL, f"!digest daily 08:00 to #{THREAD} about x"),
        ("!digest daily 08:00 TO #news", CHANNEL, f"!digest daily 08:00 TO #{CHANNEL}"),
        ("!digest daily 08:00 to <#399999999999999999>", CHANNEL, "!digest daily 08:00 to #not-in-reach"),
        ("!digest daily 08:00 to  #399999999999999999", CHANNEL, "!digest daily 08:00 to #not-in-reach"),
        (f"!digest daily 08:00 to <#{CHANNEL}>", DM, "!digest daily 08:00 to #not-in-reach"),
    ],
)
def test_a_digest_cannot_be_aimed_out_of_the_server(typed, channel, heard):
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            await server.says(typed, channel=channel, by=MANAGER)
            await server.interacts(2, {"name": typed[1:]}, channel=channel, user=MANAGER)
            await until(lambda: len(desk.heard) == 2)
            assert [" ".join(request.text.split()).lstrip("!") for request in desk.heard] == [heard[1:]] * 2

    run(test)


# --- slash commands, greeting, farewell ---------------------------------------------------------------------


def test_slash_commands_are_sent_only_when_they_changed():
    async def test() -> None:
        server = Server()
        async with serving(server):
            assert [one["name"] for one in server.commands] == ["summit", "digest", "help"]
            assert server.commands[1]["default_member_permissions"] == str(wire.MANAGE)
            assert all(one["description"] for one in server.commands)
            (option,) = server.commands[0]["options"]
            assert option["description"]
            assert option["autocomplete"]
            assert not server.commands[2]["options"]
        async with serving(server):
            assert server.synced == 1
        async with serving(server, spoken=SPOKEN[:2]):
            assert server.synced == 2

    run(test)


def test_a_server_that_it_joins_is_greeted_once_with_what_to_type():
    async def test() -> None:
        server = Server()
        async with serving(server):
            await asyncio.sleep(0.2)
            assert server.answers() == []  # known before
            await server.dispatch("GUILD_CREATE", {k: v for k, v in server.guild().items() if k != "unavailable"})
            (greeting,) = await server.until(1)
            assert "`/summit`" in greeting

    run(test)


def test_a_server_that_removes_it_is_told_on():
    async def test() -> None:
        server = Server()
        store = open_store(":memory:")
        async with serving(server, register=Register(store, lambda: NOW)):
            await server.dispatch("GUILD_DELETE", {"id": GUILD})
            await until(lambda: store.clear(LATER) == (f"discord/{GUILD}",))

    run(test)


def test_a_server_that_is_out_of_order_for_a_while_is_none_that_removed_it():
    async def test() -> None:
        server = Server()
        store = open_store(":memory:")
        async with serving(server, register=Register(store, lambda: NOW)) as desk:
            await server.dispatch("GUILD_DELETE", {"id": GUILD, "unavailable": True})
            await server.says("summit", channel=DM)
            await server.until(1, DM)
            assert desk.heard
            assert store.clear(LATER) == ()

    run(test)


def of(store: Store, tenant: str, **fields: Any) -> Subscription:
    daily = Schedule(frozenset(range(7)), 8, 0, "UTC")
    return store.subscribe(Subscription(HERE, daily, NOW - timedelta(days=9), tenant=tenant, **fields))


@pytest.mark.parametrize(("shards", "goes"), [(None, True), (((0,), 2), True), (((1,), 2), False)])
def test_a_server_that_removed_it_while_it_was_down_is_found_out_at_the_login(shards, goes):
    async def test() -> None:
        server = Server()
        store = open_store(":memory:")
        elsewhere = f"discord/{2 << 22}"  # in shard 0 of 2
        for tenant in (f"discord/{GUILD}", elsewhere, "discord/dm-7", "slack/T1"):
            of(store, tenant)
        if goes:
            store.depart([f"discord/{GUILD}"], NOW - timedelta(days=1))
        async with serving(server, register=Register(store, lambda: NOW), shards=shards):
            await asyncio.sleep(0.5)  # the login is over a little after the last server came
            assert store.clear(LATER) == ((elsewhere,) if goes else ())

    run(test)


def test_a_server_that_comes_back_has_its_paused_digests_again():
    async def test() -> None:
        server = Server()
        store = open_store(":memory:")
        one = of(store, f"discord/{GUILD}", paused="the server is gone")
        async with serving(server, register=Register(store, lambda: NOW)):
            await asyncio.sleep(0.2)
            await server.dispatch("GUILD_DELETE", {"id": GUILD})
            await server.dispatch("GUILD_CREATE", {k: v for k, v in server.guild().items() if k != "unavailable"})
            await server.until(1)
            assert store.subscriptions() == (replace(one, paused="", since=NOW),)
            assert store.clear(LATER) == ()

    run(test)


def test_its_presence_says_what_to_type():
    async def test() -> None:
        server = Server()
        async with serving(server):
            assert "/summit" in str(server.presence)

    run(test)


@pytest.mark.parametrize(
    ("bots", "channel", "alone"),
    [
        ({}, CHANNEL, True),
        ({"100000000000000002": wire.ALL}, CHANNEL, False),
        ({"100000000000000002": 0}, CHANNEL, False),  # everybody sees the channel, so it does, too
        ({"100000000000000002": wire.ALL}, THREAD, False),
        ({"100000000000000002": wire.ALL}, DM, True),
    ],
)
def test_it_knows_where_no_other_bot_listens(bots, channel, alone):
    async def test() -> None:
        server = Server(bots=bots)
        async with serving(server) as desk:
            await server.says("!help", channel=channel)
            await server.until(1, channel)
            assert desk.heard[0].alone is alone

    run(test)


def test_a_bot_that_cannot_see_a_channel_does_not_listen_there():
    async def test() -> None:
        server = Server(bots={"100000000000000002": wire.ALL}, hidden=["1000000000000000021"])
        async with serving(server) as desk:
            await server.says("!help")
            await server.until(1)
            assert desk.heard[0].alone

    run(test)


def test_a_person_is_written_to_in_private():
    async def test() -> None:
        server = Server()
        async with posting(server) as bot:
            ids = await bot.post(Target("discord", f"{PERSON}{READER}"), say("paused"), "k", retry=False)
            assert server.answers(DM) == ["paused"]
            assert list(ids) == [server.messages[0]["id"]]
            assert await bot.check(Target("discord", f"{PERSON}{READER}")) == ()
            server.shut = True
            with pytest.raises(Unreachable, match="no direct messages") as refusal:
                await bot.post(Target("discord", f"{PERSON}{READER}"), say("again"), "l", retry=False)
            assert refusal.value.for_good

    run(test)


# --- posting ------------------------------------------------------------------------------------------------


def test_a_long_answer_is_posted_whole_and_in_order():
    async def test() -> None:
        server = Server()
        async with posting(server) as bot:
            told = [f"Sentence {i} {'x' * 90}." for i in range(100)]
            ids = await bot.post(HERE, Message(tuple(Paragraph((Text(one),)) for one in told)), "k", retry=False)
            assert len(ids) == len(server.messages) > 4
            assert "\n\n".join(server.answers()).split("\n\n") == told

    run(test)


def digest(stories: int) -> Message:
    blocks: list[Block] = [Heading((Text("Digest · March 2, 2026"),))]
    for i in range(stories):
        blocks += [Heading((Text(f"Story {i}"),)), *[Bullet((Text(f"Sentence {i} {'x' * 300}."),))] * 3]
    return Message((*blocks, Action("Briefing", "!summit")))


@pytest.mark.parametrize("failures", [0, 1, 2])
def test_a_digest_is_a_short_message_with_the_rest_in_its_thread(failures):
    async def test() -> None:
        server = Server()
        async with posting(server) as bot:
            for _ in range(failures):
                server.faults += [Fault(503, after=True)]
                with pytest.raises(Unreachable):
                    await bot.post(HERE, digest(6), "k", retry=True)
            ids = await chat(server).post(HERE, digest(6), "k", retry=True)
            (root,) = server.answers()
            assert "Story 0" in root
            assert len(root) <= budget.ROOT
            assert server.messages[0]["components"]
            assert server.threads_of == {ids[0]: "Digest · March 2, 2026"}
            assert list(ids) == [one["id"] for one in server.messages]
            assert "\n".join([root, *server.answers(ids[0])]).count("### Story") == 6

    run(test)


@pytest.mark.parametrize("target", [HERE, Target("discord", CHANNEL, THREAD), Target("discord", DM)])
def test_where_no_thread_can_be_opened_a_digest_goes_on_in_its_place(target):
    async def test() -> None:
        server = Server(threads=False)
        async with posting(server) as bot:
            await bot.post(target, digest(6), "k", retry=False)
            assert "\n".join(server.answers(target.thread or target.channel)).count("### Story") == 6

    run(test)


def test_a_picture_is_sent_with_its_words():
    async def test() -> None:
        server = Server()
        async with posting(server) as bot:
            await bot.post(HERE, Message((Picture(b"\x89PNG", "a line of dates"),)), "k", retry=False)
            assert server.messages[0]["png"] == b"\x89PNG"
            assert server.messages[0]["attachments"][0]["description"] == "a line of dates"

    run(test)


PICTURED = Message((Paragraph((Text("In order."),)), Action("More", "!more"), Picture(b"\x89PNG", "a line of dates")))


def test_a_picture_its_words_and_their_buttons_are_one_message():
    async def test() -> None:
        server = Server()
        async with posting(server) as bot:
            assert len(await bot.post(HERE, PICTURED, "k", retry=False)) == 1
            (message,) = server.messages
            assert (message["content"], message["png"]) == ("In order.", b"\x89PNG")
            assert message["components"]

    run(test)


@pytest.mark.parametrize("target", [HERE, Target("discord", CHANNEL, THREAD)])
def test_where_no_files_may_be_attached_the_words_come_alone_and_the_log_says_so_once(target, caplog):
    async def test() -> None:
        server = Server(permissions=wire.ALL & ~wire.FILES)
        async with posting(server) as bot:
            for key in "abc":
                await bot.post(target, PICTURED, key, retry=False)
            assert server.answers(target.thread or target.channel) == ["In order."] * 3
            assert all("png" not in one and not one.get("attachments") for one in server.messages)

    run(test)
    assert caplog.text.count("Attach Files") == 1


def test_a_slash_command_is_answered_without_its_picture_where_no_files_may_be_attached():
    async def test() -> None:
        server = Server(permissions=wire.ALL & ~wire.FILES)

        async def handle(request: Request) -> None:
            await desk.bot.post(request.target, PICTURED, f"reply:{request.key}", retry=False)

        async with serving(server, handle) as desk:
            await server.interacts(2, {"name": "summit"})
            await until(lambda: any(one["content"] == "In order." for one in server.messages))
            assert len(server.messages) == 1

    run(test)


@pytest.mark.parametrize("fault", [Fault(), Fault(after=True)])
def test_a_picture_in_doubt_is_not_posted_twice(fault):
    async def test() -> None:
        server = Server(faults=[fault] * 6)
        async with posting(server) as bot:
            with contextlib.suppress(Unreachable):
                await bot.post(HERE, PICTURED, "k", retry=False)
            server.faults.clear()
            await bot.post(HERE, PICTURED, "k", retry=True)
            assert [one["png"] for one in server.messages] == [b"\x89PNG"]

    run(test)


def test_the_nonce_is_stable_and_differs_by_key_channel_and_part():
    async def test() -> None:
        server = Server()
        for _ in range(2):  # two processes
            async with posting(server) as bot:
                await bot.post(HERE, say("one"), "a", retry=False)
                await bot.post(HERE, say("two"), "b", retry=False)
                await bot.post(Target("discord", CHANNEL, THREAD), say("three"), "a", retry=False)
                await bot.post(HERE, say("w " * 3000), "long", retry=False)
        nonces = [one["nonce"] for one in server.messages]
        assert len(set(nonces)) == len(nonces) == 3 + 4
        assert all(len(nonce) == budget.DISCORD_NONCE for nonce in nonces)

    run(test)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(503),
        Fault(503, after=True),
        Fault(0),
        Fault(0, after=True),
        Fault(429, retry_after=0.01, via=False),
        Fault(429, retry_after=40),
    ],
    ids=str,
)
@pytest.mark.parametrize("restarted", [False, True])
def test_what_fails_is_posted_once_when_tried_again(fault, restarted):
    async def test() -> None:
        server = Server(faults=[fault])
        async with posting(server) as bot:
            with pytest.raises((Unreachable, RateLimited)) as failure:
                await bot.post(HERE, say("one"), "k", retry=False)
            assert not getattr(failure.value, "for_good", False)
            again = chat(server) if restarted else bot
            ids = await again.post(HERE, say("one"), "k", retry=True)
            assert list(ids) == [one["id"] for one in server.messages]

    run(test)


@pytest.mark.parametrize(
    "fault",
    [Fault(500), Fault(502, after=True), Fault(429, retry_after=0.01), Fault(429, retry_after=0.01, everywhere=True)],
    ids=str,
)
def test_what_the_library_tries_again_is_posted_once(fault):
    async def test() -> None:
        server = Server(faults=[fault])
        async with posting(server) as bot:
            ids = await bot.post(HERE, say("one"), "k", retry=False)
            assert list(ids) == [one["id"] for one in server.messages]

    run(test)


@pytest.mark.parametrize("shows_nonces", [True, False])
def test_after_the_window_of_the_nonce_the_history_tells(shows_nonces):
    async def test() -> None:
        server = Server(faults=[Fault(503, after=True)], shows_nonces=shows_nonces)
        async with posting(server) as bot:
            with pytest.raises(Unreachable):
                await bot.post(HERE, say("one"), "k", retry=False)
            server.remembers = False
            ids = await bot.post(HERE, say("one"), "k", retry=True)
            assert list(ids) == [one["id"] for one in server.messages]

    run(test)


def test_an_equal_answer_of_before_is_not_taken_for_the_one_in_doubt():
    async def test() -> None:
        server = Server(shows_nonces=False)
        async with posting(server) as bot:
            earlier = server._message(CHANNEL, "!help", READER)["id"]
            long = say("help " * 500)  # its second part refers to no message
            await bot.post(HERE, long, f"reply:discord:message:{earlier}", retry=False)
            asked = server._message(CHANNEL, "!help", READER)["id"]
            await chat(server).post(HERE, long, f"reply:discord:message:{asked}", retry=True)
            assert len(server.messages) == 4

    run(test)


def test_a_channel_that_there_cannot_be_is_refused_for_good():
    async def test() -> None:
        async with posting(Server()) as bot:
            with pytest.raises(Unreachable, match="no channel not-in-reach") as refusal:
                await bot.post(Target("discord", "not-in-reach"), say("one"), "k", retry=False)
            assert refusal.value.for_good

    run(test)


def test_what_is_in_doubt_and_cannot_be_looked_up_is_unknown():
    async def test() -> None:
        server = Server(readable=False)
        async with posting(server) as bot:
            with pytest.raises(Unknown):
                await bot.post(HERE, say("one"), "k", retry=True)
            assert server.answers() == []

    run(test)


def test_within_the_window_doubt_needs_no_history():
    async def test() -> None:
        server = Server(faults=[Fault(503, after=True), Fault(429, via=False)], readable=False)
        async with posting(server) as bot:
            for error in (Unreachable, RateLimited):
                with pytest.raises(error):
                    await bot.post(HERE, say("one"), "k", retry=error is RateLimited)
            await bot.post(HERE, say("one"), "k", retry=True)
            assert server.answers() == ["one"]

    run(test)


def test_a_slow_answer_is_given_up_in_time(monkeypatch):
    monkeypatch.setattr(budget, "SEND", 0.05)

    async def test() -> None:
        server = Server(faults=[Fault(503, after=True, slow=0.2)])
        async with posting(server) as bot:
            with pytest.raises(Unreachable):
                await bot.post(HERE, say("one"), "k", retry=False)
            await bot.post(HERE, say("one"), "k", retry=True)
            assert server.answers() == ["one"]

    run(test)


def test_a_message_that_waited_too_long_is_not_sent_behind_our_back(monkeypatch):
    monkeypatch.setattr("bot.chat.discord.posting.OVERALL", 0.05)

    async def test() -> None:
        server = Server(faults=[Fault(429, retry_after=0.1, everywhere=True)])
        async with posting(server) as bot:
            with pytest.raises(Unreachable):
                await bot.post(HERE, say("one"), "k", retry=False)
            assert server.answers() == []
            await bot.post(HERE, say("two"), "l", retry=False)  # the global limit is lifted again
            assert server.answers() == ["two"]

    run(test)


@pytest.mark.parametrize(
    ("status", "code", "for_good", "word"),
    [
        (403, 50001, True, "cannot see"),
        (403, 50013, True, "Send Messages"),
        (404, 10003, True, "gone"),
        (400, 50083, False, "archived"),
        (400, 50035, False, "50035"),
        (400, 200000, False, "AutoMod"),
        (401, 0, False, "DISCORD_TOKEN"),
    ],
)
def test_a_refusal_is_told_in_words(status, code, for_good, word):
    async def test() -> None:
        server = Server(faults=[Fault(status, code)])
        async with posting(server) as bot:
            with pytest.raises(Unreachable, match=word) as refusal:
                await bot.post(HERE, say("one"), "k", retry=False)
            assert refusal.value.for_good is for_good

    run(test)


def test_a_bot_that_is_timed_out_may_write_again_later():
    async def test() -> None:
        server = Server(permissions=wire.VIEW, timed_out="2999-01-01T00:00:00+00:00")
        async with posting(server) as bot:
            with pytest.raises(Unreachable, match="timed out in this server until 2999") as refusal:
                await bot.post(HERE, say("one"), "k", retry=False)
            assert not refusal.value.for_good

    run(test)


def test_a_missing_permission_is_named_when_a_post_fails():
    async def test() -> None:
        async with posting(Server(permissions=wire.VIEW | wire.HISTORY)) as bot:
            with pytest.raises(Unreachable, match="lacks Send Messages") as refusal:
                await bot.post(HERE, say("one"), "k", retry=False)
            assert refusal.value.for_good

    run(test)


def test_what_was_posted_and_deleted_is_not_posted_again():
    async def test() -> None:
        server = Server(faults=[Fault(404, 10008)])
        async with posting(server) as bot:
            assert await bot.post(HERE, say("one"), "k", retry=False) == ()
            assert server.answers() == []

    run(test)


def test_an_expired_slash_command_is_answered_in_the_channel():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            desk.bot._interactions.tokens["7"] = "expired"
            await desk.bot.post(HERE, say("late"), "reply:discord:interaction:7", retry=False)
            assert server.answers() == ["late"]

    run(test)


def test_a_slash_command_answered_before_a_restart_is_not_answered_again():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            id_ = await server.interacts(2, {"name": "summit"})
            await until(lambda: server.answers() == ["heard summit"])
            again = chat(server)
            ids = await again.post(HERE, say("heard summit"), f"reply:discord:interaction:{id_}", retry=True)
            assert list(ids) == [one["id"] for one in server.messages]
            assert desk.heard

    run(test)


# --- reconnects ---------------------------------------------------------------------------------------------


async def _answers_after(server: Server, desk: Desk, *, already: int = 0) -> None:
    await server.connected()
    await server.says("!summit after")
    assert (await server.until(already + 1))[-1] == "heard !summit after"
    assert [request.text for request in desk.heard].count("!summit after") == 1


@pytest.mark.parametrize("fault", ["cut", "closed", "reconnect", "session gone", "invalid"])
def test_a_lost_connection_comes_back(fault):
    async def test() -> None:
        server = Server(resumable=fault != "invalid")
        async with serving(server) as desk:
            server._connected.clear()
            match fault:
                case "cut" | "invalid":
                    await server.drop()
                case "closed":
                    await server.drop(4000)
                case "reconnect":
                    await server.send({"op": 7, "d": None})
                case "session gone":
                    await server.send({"op": 9, "d": False})
            await _answers_after(server, desk)
            assert server.identifies == (1 if fault in {"cut", "closed", "reconnect"} else 2)

    run(test)


def test_what_was_said_while_it_was_away_is_replayed_and_answered_once():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            await server.says("!summit before")
            await server.until(1)
            await server.drop()
            await server.says("!summit meanwhile")
            await server.until(2)
            await _answers_after(server, desk, already=2)
            assert server.answers() == ["heard !summit before", "heard !summit meanwhile", "heard !summit after"]

    run(test)


@pytest.mark.parametrize("paces", [QUICK, replace(QUICK, silence=0.4, hung=60)], ids=["our watch", "the library's"])
def test_a_gateway_that_answers_no_heartbeat_is_noticed_and_replaced(paces):
    async def test() -> None:
        server = Server(acknowledges=False)
        async with serving(server, paces=paces) as desk:
            assert not desk.bot.health().ready
            await asyncio.sleep(0.3)
            server.acknowledges = True
            await until(lambda: desk.bot.health().ready)
            await _answers_after(server, desk)
            assert server.identifies + server.resumes > 1

    run(test)


def test_a_gateway_that_hangs_on_a_dead_address_is_replaced():
    async def test() -> None:
        server = Server(resume_away=True)
        async with serving(server) as desk:
            server._connected.clear()
            await server.send({"op": 7, "d": None})
            await _answers_after(server, desk)
            assert server.identifies == 2

    run(test)


def test_a_discord_that_is_away_for_a_while_is_come_back_to():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            server.away = server.gateway_away = server.resume_away = True
            await server.drop()
            await asyncio.sleep(1)  # beyond the patience of the watch
            assert not desk.bot.health().ready
            server.away = server.gateway_away = server.resume_away = False
            await _answers_after(server, desk)

    run(test)


def test_an_event_that_the_library_cannot_read_does_not_end_it():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            server._connected.clear()
            await server.dispatch("MESSAGE_CREATE", {"nonsense": True})
            await _answers_after(server, desk)

    run(test)


def test_digests_go_out_while_the_gateway_is_down():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            server.closes.extend([4000] * 1000)
            server.resumable = False
            await server.drop()
            await asyncio.sleep(0.05)
            assert not desk.bot.health().ready
            await desk.bot.post(HERE, say("digest"), "k", retry=False)
            assert server.answers() == ["digest"]

    run(test)


def test_who_slept_through_its_claim_posts_nothing():
    async def test() -> None:
        server = Server()
        async with posting(server) as bot:
            long = Message(tuple(Paragraph((Text(f"{n} " + "word " * 150),)) for n in range(6)))
            await bot.post(HERE, say("in time"), "k", retry=False, until=asyncio.get_running_loop().time() + 9)
            with pytest.raises(Unreachable, match="another process") as refused:
                await bot.post(HERE, long, "l", retry=False, until=asyncio.get_running_loop().time() - 0.001)
            assert not refused.value.for_good
            assert server.answers() == ["in time"]

    run(test)


def test_without_the_intent_it_starts_anyway_and_says_so(caplog):
    async def test() -> None:
        server = Server(flags=0)
        async with serving(server) as desk:
            assert not server.intents & wire.CONTENT_INTENT
            await server.says(f"<@{ME}> summit")
            await server.until(1)
            assert "Message Content" in desk.bot.health().detail
            assert desk.bot.health().ready

    run(test)
    assert sum("Message Content" in record.message for record in caplog.records) == 1


def test_an_intent_taken_away_later_is_lived_with():
    async def test() -> None:
        server = Server(closes=[4014])
        async with serving(server) as desk:
            assert not server.intents & wire.CONTENT_INTENT
            await _answers_after(server, desk)

    run(test)


@pytest.mark.parametrize("when", ["at the start", "at run time", "while posting"])
def test_a_refused_token_ends_with_one_sentence_that_names_the_setting(when):
    async def test() -> None:
        server = Server()
        if when == "at the start":
            with pytest.raises(TokenError, match="DISCORD_TOKEN"):
                async with serving(server, token="wrong"):
                    pass
            return
        async with server:
            bot = chat(server)
            task = asyncio.create_task(bot.run(Desk(bot)))
            await server.connected()
            server.token = "changed"
            if when == "at run time":
                await server.drop(4004)
            else:
                with pytest.raises(Unreachable):
                    await bot.post(HERE, say("one"), "k", retry=False)
            with pytest.raises(TokenError, match="DISCORD_TOKEN"):
                await task

    run(test)


def test_with_a_refused_token_a_post_waits_and_the_check_says_why():
    async def test() -> None:
        async with posting(Server(), token="wrong") as bot:
            with pytest.raises(Unreachable, match="DISCORD_TOKEN") as refusal:
                await bot.post(HERE, say("one"), "k", retry=False)
            assert not refusal.value.for_good
            assert "DISCORD_TOKEN" in (await bot.check(HERE))[0]

    run(test)


def test_the_token_is_in_no_log(caplog):
    async def test() -> None:
        server = Server(faults=[Fault(503), Fault(401)])
        async with serving(server) as desk:
            for _ in range(3):
                with contextlib.suppress(Unreachable):
                    await desk.bot.post(HERE, say("one"), "k", retry=False)
            assert TOKEN not in repr(desk.bot)

    with caplog.at_level(logging.DEBUG):
        run(test)
    assert TOKEN not in caplog.text


def test_logins_stop_long_before_discord_would_reset_the_token():
    logins = Logins(clock=lambda: 0.0)
    for _ in range(budget.DISCORD_IDENTIFIES):
        logins.note()
    with pytest.raises(Exhausted):
        logins.note()


def test_logins_of_earlier_processes_count():
    async def test() -> None:
        server = Server(used=budget.DISCORD_IDENTIFIES)
        async with server:
            bot = chat(server)
            task = asyncio.create_task(bot.run(Desk(bot)))
            await asyncio.sleep(0.2)
            assert server.identifies == 0
            await bot.post(HERE, say("digest"), "k", retry=False)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        assert server.answers() == ["digest"]

    run(test)


@pytest.mark.parametrize("shards", [1, 4])
def test_when_logins_are_used_up_it_logs_in_no_more_but_digests_go_out(shards):
    async def test() -> None:
        server = Server(shards=shards)
        async with server:
            bot = chat(server)
            for _ in range(budget.DISCORD_IDENTIFIES - 1):
                bot._logins.note()
            task = asyncio.create_task(bot.run(Desk(bot)))
            await until(lambda: server.identifies == 1)
            await asyncio.sleep(0.2)
            await server.drop(4009)  # "session timed out": another login is needed
            await asyncio.sleep(0.7)
            assert server.identifies == 1
            await bot.post(HERE, say("digest"), "k", retry=False)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        assert server.answers() == ["digest"]

    run(test)


def test_a_gateway_that_hangs_is_noticed_within_three_minutes_and_replaced_within_five():
    paces = Paces()
    noticed = paces.hung + paces.hung / 20  # it is looked at twenty times in that
    assert noticed < 180
    assert noticed + paces.longest + paces.identify < 300


def test_what_is_being_sent_when_it_is_told_to_stop_is_sent_to_its_end():
    async def test() -> None:
        server = Server(faults=[Fault(503, after=True, slow=0.2)])
        async with serving(server) as desk:
            sending = asyncio.create_task(desk.bot.post(HERE, say("one"), "k", retry=False))
            await until(lambda: server.messages)
        with pytest.raises(Unreachable):
            await sending

    run(test)


@pytest.mark.parametrize("what", ["away", "gateway_away"])
def test_a_discord_that_is_away_at_the_start_is_waited_for(what, caplog):
    async def test() -> None:
        server = Server()
        setattr(server, what, True)
        async with server:
            bot = chat(server)
            task = asyncio.create_task(bot.run(Desk(bot)))
            await asyncio.sleep(0.1)
            assert not bot.health().ready
            assert not [one for one in caplog.records if one.name == "dateline" and one.exc_info]
            setattr(server, what, False)
            await server.connected()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    run(test)


# --- slow answers, broken ones, too many --------------------------------------------------------------------


def test_who_waits_sees_typing(monkeypatch):
    monkeypatch.setattr("bot.chat.inbox.SLOW", 0.01)

    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            desk.delay = 0.1
            await server.says("!summit")
            await server.until(1)
            assert server.typed == 1

    run(test)


def test_a_failure_is_a_sentence_with_a_reference_that_the_log_knows(caplog):
    async def test() -> None:
        async def broken(_: Request) -> None:
            raise ValueError("secret detail")

        server = Server()
        async with serving(server, broken):
            await server.says("!summit")
            (said,) = await server.until(1)
            assert "secret" not in said
            reference = said.rstrip(".").rpartition(" ")[2]
            assert any(reference in record.getMessage() for record in caplog.records)

    run(test)


def test_who_asks_too_much_is_told_once():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            for i in range(14):
                await server.says(f"!summit {i}")
            await asyncio.sleep(0.3)
            assert len(desk.heard) == 8
            assert sum("ask again" in answer for answer in server.answers()) == 1

    run(test)


def test_the_commands_of_other_bots_do_not_count():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            for _ in range(12):
                await server.says("!play something")
            await server.says("!summit")
            await server.until(13)
            assert desk.heard[-1].text == "!summit"

    run(test)


# --- may it post there? -------------------------------------------------------------------------------------


@pytest.mark.parametrize("connected", [True, False])
@pytest.mark.parametrize(
    ("target", "permissions", "lacks"),
    [
        (HERE, wire.ALL, []),
        (Target("discord", CHANNEL, THREAD), wire.ALL, []),
        (HERE, wire.ALL & ~wire.SEND, ["Send Messages"]),
        (HERE, wire.ALL & ~wire.HISTORY, ["Read Message History"]),
        (HERE, wire.ALL & ~wire.FILES, ["Attach Files"]),
        (Target("discord", CHANNEL, THREAD), wire.ALL & ~wire.IN_THREADS, ["Send Messages in Threads"]),
        (Target("discord", FORUM), wire.ALL, ["takes no messages"]),
        (Target("discord", "399999999999999999"), wire.ALL, ["gone"]),
        (Target("discord", "news"), wire.ALL, ["no channel"]),
    ],
)
def test_what_is_missing_to_post_is_named(connected, target, permissions, lacks):
    async def test() -> None:
        server = Server(permissions=permissions)
        if connected:
            async with serving(server) as desk:
                missing = await desk.bot.check(target)
        else:
            async with posting(server) as bot:
                missing = await bot.check(target)
        assert len(missing) == len(lacks)
        assert all(lack in said for lack, said in zip(lacks, missing, strict=True))

    run(test)


def test_a_channel_deleted_while_it_is_connected_is_gone_for_good():
    async def test() -> None:
        server = Server()
        async with serving(server) as desk:
            server.gone.add(CHANNEL)
            await server.dispatch("CHANNEL_DELETE", server._channels()[CHANNEL])
            with pytest.raises(Unreachable, match="gone") as refusal:
                await desk.bot.post(HERE, say("one"), "k", retry=False)
            assert refusal.value.for_good
            assert await desk.bot.check(HERE) == ("the channel is gone",)

    run(test)


def test_a_channel_that_it_may_not_see_and_a_time_out_are_named():
    async def test() -> None:
        async with posting(Server(permissions=0)) as bot:
            assert "View Channel" in (await bot.check(HERE))[0]
        async with posting(Server(timed_out="2999-01-01T00:00:00+00:00")) as bot:
            assert "timed out" in (await bot.check(HERE))[0]
        async with posting(Server()) as bot:
            assert await bot.check(Target("discord", DM)) == ()

    run(test)


# --- the test server is as strict as Discord ----------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        {"content": "x" * 2001},
        {"content": " "},
        {"embeds": [{"description": "x" * 3001}, {"description": "x" * 3001}]},
        {"embeds": [{"fields": [{"name": "n", "value": "v"}] * 26}]},
        {"content": "x", "components": [{"components": [{"custom_id": "a"}, {"custom_id": "a"}]}]},
        {"content": "x", "components": [{"components": [{"custom_id": "a" * 101}]}]},
        {"content": "x", "nonce": "n" * 26},
    ],
)
def test_the_server_refuses_what_discord_refuses(body):
    assert wire._malformed(body)
    assert not wire._malformed({"content": "x", "nonce": "n"})

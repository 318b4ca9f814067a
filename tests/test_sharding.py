"""Discord in shards over real sockets: each event comes once, whoever serves which shards."""

from __future__ import annotations

import asyncio
import contextlib
import warnings
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bot.errors import TokenError
from bot.message import say
from bot.ports import Request
from tests.servers import until
from tests.servers.discord import DM, GUILD, READER, Server

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "'audioop'", DeprecationWarning)
    from bot.chat.discord.gateway import Shards
    from tests.test_discord import HERE, QUICK, chat, serving

pytestmark = [pytest.mark.servers, pytest.mark.filterwarnings("ignore:Parameters to load are deprecated")]

HOME = (int(GUILD) >> 22) % 4  # the shard of the one server that there is, of four


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 20))


def test_as_many_shards_as_discord_asks_for_are_logged_in_and_each_event_comes_once():
    async def test() -> None:
        server = Server(shards=4)
        async with serving(server) as desk:
            await until(lambda: len(server.logged_in) == 4)
            await until(lambda: desk.bot.health().ready)
            await server.says("!summit")
            await server.says("summit", channel=DM)
            await until(lambda: len(desk.heard) == 2)
            await asyncio.sleep(0.1)
            assert sorted(server.logged_in) == [(shard, 4) for shard in range(4)]
            assert sorted(request.text for request in desk.heard) == ["!summit", "summit"]
            assert desk.bot.health().reconnects == 0

    run(test)


def test_where_discord_asks_for_none_there_is_one_login():
    async def test() -> None:
        server = Server()
        async with serving(server):
            assert server.logged_in == [(0, 1)]

    run(test)


def test_replicas_with_a_range_each_hear_only_their_own_servers():
    async def test() -> None:
        server = Server(shards=4)
        ranges: list[Shards] = [((0, 1), 4), ((2, 3), 4)]
        async with server:
            heard: list[list[str]] = [[], []]

            def hearing(replica: int) -> Callable[[Request], Coroutine[Any, Any, None]]:
                async def hear(request: Request) -> None:
                    heard[replica].append(request.user)

                return hear

            bots = [chat(server, shards=one) for one in ranges]
            tasks = [asyncio.create_task(bot.run(hearing(number))) for number, bot in enumerate(bots)]
            await until(lambda: len(server.logged_in) == 4)
            await until(lambda: all(bot.health().ready for bot in bots))
            await server.says("!summit")
            await until(lambda: heard[HOME // 2])
            await asyncio.sleep(0.1)
            assert [len(some) for some in heard] == [HOME // 2 == 0, HOME // 2 == 1]
            assert sorted(server.logged_in) == [(shard, 4) for shard in range(4)]
            # a digest goes out from any replica: posting needs no gateway
            await bots[1 - HOME // 2].post(HERE, say("digest"), "k", retry=False)
            assert server.answers()[-1] == "digest"
            for task in tasks:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    run(test)


def test_a_shard_that_is_cut_off_comes_back():
    async def test() -> None:
        server = Server(shards=4, resumable=False)
        async with serving(server) as desk:
            await until(lambda: desk.bot.health().ready and len(server.logged_in) == 4)
            await server.drop()
            await until(lambda: len(server.logged_in) >= 8)
            await until(lambda: desk.bot.health().ready)
            await server.says("!summit")
            await until(lambda: desk.heard)
            assert desk.heard[0].user == READER

    run(test)


def test_shards_that_discord_refuses_end_with_a_sentence_that_names_the_setting():
    async def test() -> None:
        server = Server(shards=4)
        async with server:
            with pytest.raises(TokenError, match="DISCORD_SHARDS"):
                await chat(server, shards=((0,), 2), paces=QUICK).run(_deaf)

    run(test)


async def _deaf(_: Request) -> None: ...

"""How often one person may ask, whatever the platform."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest

from bot.chat.inbox import FEW, MOST, PERIOD, Cooldown, Inbox
from bot.message import Message
from bot.model import Target
from bot.ports import Request


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def waits(cooldown: Cooldown, users: Iterable[object]) -> list[float]:
    return [cooldown.wait(str(user)) for user in users]


def test_who_asks_too_often_waits_and_nobody_else_does():
    cooldown = Cooldown(Clock())
    assert waits(cooldown, ["kim"] * (MOST + 1) + ["lee"]) == [0.0] * MOST + [PERIOD, 0.0]


def test_who_has_waited_may_ask_again():
    clock = Clock()
    cooldown = Cooldown(clock)
    waits(cooldown, ["kim"] * (MOST + 1))
    clock.now += PERIOD
    assert cooldown.wait("kim") == 0.0


def test_of_any_number_of_people_those_who_are_silent_are_let_go():
    clock = Clock()
    cooldown = Cooldown(clock)
    for user in range(20 * FEW):
        clock.now += PERIOD / 100
        cooldown.wait(str(user))
    assert len(cooldown._asked) <= FEW + 1


def test_nobody_is_let_go_who_has_asked_within_the_period():
    cooldown = Cooldown(Clock())
    crowd = range(3 * FEW)
    for _ in range(MOST):
        assert not any(waits(cooldown, crowd))
    assert all(waits(cooldown, crowd))


@pytest.mark.parametrize(("awaited", "told"), [(False, 1), (True, 3)])
def test_who_asks_too_often_is_told_once_or_each_time_where_work_seems_to_go_on(awaited, told):
    said: list[str] = []

    async def handle(request: Request) -> None: ...

    async def reply(_: Request, __: Message, key: str) -> None:
        said.append(key)

    async def run() -> None:
        inbox = Inbox(handle, reply, {"summit"}, Cooldown(Clock()))
        for number in range(MOST + 3):
            inbox.take(Request("summit", Target("wire", "desk"), str(number), "kim", awaited=awaited), sign)
        await inbox.drain()

    async def sign() -> None: ...

    asyncio.run(run())
    assert said == [f"cooldown:{MOST + n}" for n in range(told)]

"""The outbox: claim, freeze, check, send, record. Digests and replies go the same way.

Laws:
- Nothing is sent under a key that is not claimed, and nothing but the frozen bytes, so that whoever takes over a
  claim whose holder died sends the same.
- Every message is held against the stored text before it is sent; one that breaks the quotation law never goes out.
- Errors are caught here and nowhere above: who asked gets a sentence with a reference that the log knows too.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot import commands
from bot.commands import Reply
from bot.edition import edition
from bot.errors import QuotationError, RateLimited, Unknown, Unreachable
from bot.message import Moment, dumps, loads, say
from bot.model import Delivery, DeliveryState, Due, Subscription
from bot.ports import Answer, Chat, Request, Store, channel_of
from bot.quotation import check

LEASE = 120.0  # seconds that a claim holds: longer than any send, short enough for a quick recovery
STALE = timedelta(minutes=10)  # a reply that is still owed after this is no longer waited for
BACKOFF = 1.0  # seconds, doubled with each attempt, before a platform that is away is tried again
SOON = 10.0  # seconds up to which one waits for the next try; past it `recover` takes the delivery up
LONGEST = 300.0  # seconds, the longest of these waits
NOTHING_NEW = "nothing new"

log = logging.getLogger("dateline")


class Desk:
    """Sends what is due and what was asked for. `clock` tells the time in UTC, `chats` are by platform name.

    A digest that a platform does not take is tried again until it is `late` past its time. A post of which nobody can
    tell whether it arrived is held, or sent again where `resend` would rather have it twice than not at all.
    """

    def __init__(
        self,
        store: Store,
        chats: Mapping[str, Chat],
        clock: Callable[[], datetime],
        summarizer: str = "dateline",
        late: timedelta = timedelta(hours=6),
        *,
        resend: bool = False,
    ) -> None:
        self._store = store
        self._chats = chats
        self._clock = clock
        self._summarizer = summarizer
        self._late = late
        self._resend = resend

    # --- replies ---

    async def reply(self, request: Request) -> None:
        """Answer one request, once, however often and to however many processes it arrives."""
        if not commands.meant(request):
            return
        row = await self._claim(Delivery(f"reply:{request.key}", request.target))
        if row is None:
            return
        if not row.payload:
            reply = await asyncio.to_thread(self._answer, request)
            frozen = await self._freeze(row, reply, 0)
            if frozen is None:
                return
            row = frozen
        await self._send(row)

    def _answer(self, request: Request) -> Reply:
        """The reply to `request`, checked; an apology with a reference where it fails."""
        try:
            reply = commands.answer(request, self._store, self._clock(), summarizer=self._summarizer)
            check(reply.message, reply.citations, self._store)
        except Exception:
            reference = secrets.token_hex(3)
            log.exception("answering failed [%s]: %s", reference, request.text)
            return Reply(say(f"Something went wrong while answering; the log knows it as {reference}."))
        return reply

    # --- digests ---

    async def deliver(self, due: Due) -> DeliveryState | None:
        """Post one slot's digest or record that it was missed; None where another process has it in hand."""
        subscription, slot = due.subscription, due.slot
        before = await asyncio.to_thread(self._store.deliveries, subscription.id, 1)
        row = await self._claim(
            Delivery(
                f"digest:{subscription.id}:{slot.name}",
                subscription.target,
                subscription=subscription.id,
                due=slot.at,
                mark=before[0].mark if before else 0,  # carried from row to row until a digest moves it
            )
        )
        if row is None:
            return None
        if due.missed:
            await self._settle(row, DeliveryState.MISSED, reason=due.missed)
            return DeliveryState.MISSED
        return await self._digest(row, subscription, late=due.late)

    async def _digest(self, row: Delivery, subscription: Subscription, *, late: bool) -> DeliveryState:
        if not row.payload:
            try:
                composed = await asyncio.to_thread(self._compose, row, subscription, late=late)
            except Exception:
                reference = secrets.token_hex(3)
                log.exception("composing %s failed [%s]", row.key, reference)
                reason = f"something went wrong; the log knows it as {reference}"
                return await self._settle(row, DeliveryState.FAILED, reason=reason)
            if composed is None:
                await self._settle(row, DeliveryState.EMPTY)
                return DeliveryState.EMPTY
            frozen = await self._freeze(row, *composed)
            if frozen is None:
                return DeliveryState.CLAIMED
            row = frozen
        return await self._send(row)

    def _compose(self, row: Delivery, subscription: Subscription, *, late: bool) -> tuple[Reply, int] | None:
        """The digest to freeze and its mark; None where nothing is new and the channel was told so already."""
        assert row.due is not None
        zone = subscription.schedule.zone
        before = [one for one in self._store.deliveries(subscription.id, limit=50) if one.key != row.key]
        composed = edition(
            self._store,
            row.due.astimezone(ZoneInfo(zone)).date(),
            words=subscription.words,
            tenant=subscription.tenant,
            after=row.mark,
            late=Moment(row.due, zone) if late else None,
            summarizer=self._summarizer,
        )
        posted = next((one for one in before if one.state is not DeliveryState.MISSED), None)
        told = posted is not None and (posted.state is DeliveryState.EMPTY or posted.reason == NOTHING_NEW)
        if composed.empty and told and not subscription.even_if_empty:
            return None
        check(composed.message, composed.citations, self._store)
        return Reply(composed.message, composed.citations), composed.mark

    # --- both ---

    async def recover(self) -> None:
        """Take up what a process that died, or froze, left half done."""
        for left in await asyncio.to_thread(self._store.unsettled):
            if left.target.platform not in self._chats:
                continue
            row = await self._claim(left)
            if row is None:
                continue
            subscription = await self._subscription(row.subscription)
            if row.due and self._clock() - row.due > self._late:
                await self._settle(row, *_too_late(left))
            elif subscription:
                await self._digest(row, subscription, late=True)
            elif row.payload and row.at and self._clock() - row.at < STALE:
                await self._send(row)
            else:
                await self._settle(row, DeliveryState.FAILED, reason="nobody waits for it any more")

    async def _subscription(self, id_: int) -> Subscription | None:
        if not id_:  # a reply
            return None
        stored = await asyncio.to_thread(self._store.subscriptions)
        return next((one for one in stored if one.id == id_), None)

    async def _send(self, row: Delivery, *, look: bool = True) -> DeliveryState:
        """Post the frozen bytes and record what came of it."""
        message, citations, command = loads(row.payload)
        chat = self._chats[row.target.platform]
        try:
            await asyncio.to_thread(check, message, citations, self._store)
            ids = await chat.post(row.target, message, row.key, retry=look and row.attempts > 1)
        except QuotationError as error:
            # withdrawn or edited between freezing and sending: the words may no longer be shown
            return await self._settle(row, DeliveryState.FAILED, reason=f"what it quotes changed: {error}")
        except RateLimited as error:
            return await self._again(row, str(error), error.retry_after)
        except Unreachable as error:
            if error.for_good:
                await self._pause(row, str(error))
                return await self._settle(row, DeliveryState.FAILED, reason=str(error))
            return await self._again(row, str(error), min(LONGEST, BACKOFF * 2**row.attempts))
        except Unknown as error:
            if self._resend and look:
                return await self._send(row, look=False)
            return await self._settle(row, DeliveryState.UNKNOWN, reason=str(error))
        answer = Answer(channel_of(row.target), command, citations, ids)
        await asyncio.to_thread(self._store.remember, answer, self._clock())
        reason = NOTHING_NEW if row.subscription and not citations else ""
        return await self._settle(row, DeliveryState.SENT, ids, reason)

    async def _again(self, row: Delivery, reason: str, after: float) -> DeliveryState:
        """Try again later, for as long as somebody still waits for it."""
        ends = row.due + self._late if row.due else row.at + STALE if row.at else self._clock()
        if self._clock() >= ends:
            return await self._settle(row, DeliveryState.FAILED, reason=reason)
        await asyncio.to_thread(self._store.release, row, reason, after)
        if after <= SOON:
            await asyncio.sleep(after)
            if again := await self._claim(row):
                return await self._send(again)
        return DeliveryState.CLAIMED

    async def _pause(self, row: Delivery, reason: str) -> None:
        """A target that is gone for good gets no further digests until somebody orders anew."""
        if subscription := await self._subscription(row.subscription):
            await asyncio.to_thread(self._store.subscribe, replace(subscription, paused=reason))

    async def _claim(self, delivery: Delivery) -> Delivery | None:
        return await asyncio.to_thread(self._store.claim, delivery, LEASE)

    async def _freeze(self, row: Delivery, reply: Reply, mark: int) -> Delivery | None:
        """The row with its payload; None where it took longer than the lease and another has the claim now."""
        payload = dumps((reply.message, reply.citations, reply.command))
        held = await asyncio.to_thread(self._store.freeze, row, payload, mark)
        return replace(row, payload=payload, mark=mark) if held else None

    async def _settle(
        self, row: Delivery, state: DeliveryState, ids: tuple[str, ...] = (), reason: str = ""
    ) -> DeliveryState:
        await asyncio.to_thread(self._store.settle, row, state, self._clock(), ids, reason)
        log.info("%s %s%s", row.key, state, f": {reason}" if reason else "")
        return state


def _too_late(left: Delivery) -> tuple[DeliveryState, tuple[str, ...], str]:
    """What to record of a digest that was left half done for too long; a released one has its reason."""
    if left.reason:
        return DeliveryState.FAILED, (), left.reason
    # what was frozen may have been posted before its sender died; nobody can tell so much later
    state = DeliveryState.UNKNOWN if left.payload else DeliveryState.MISSED
    return state, (), "its sender died and nobody was up in time to take over"

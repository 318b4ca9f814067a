"""Health and metrics over HTTP, for whoever watches the process: /livez, /readyz and /metrics.

It has no password, so it listens on the loopback unless told otherwise, and it changes nothing. A port that is taken
is told in the log and no more: a process that cannot be watched posts its digests all the same.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.errors import StoreError
from bot.metrics import Metrics
from bot.model import DeliveryState, counted
from bot.ports import Chat, Store

if TYPE_CHECKING:
    from aiohttp.web import Request, Response
    from prometheus_client.metrics_core import Metric

RECENT = 180.0  # seconds since a tick ended; they come every minute
STUCK = 3600.0  # seconds without a tick after which only a new process can help
PATIENCE = 5.0  # seconds that the database gets to answer
LOOKED_AT = 200  # newest digests that are looked through for doubtful ones

log = logging.getLogger("dateline")


class Watch:
    """What there is to see of a serving process. `clock` in seconds, `now` in UTC."""

    def __init__(
        self,
        store: Store,
        chats: Mapping[str, Chat],
        metrics: Metrics,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._chats = chats
        self._metrics = metrics
        self._clock = clock
        self._now = now
        self._began = clock()
        self._ticked: float | None = None
        self._overdue = 0

    def ticked(self, overdue: int) -> None:
        """A tick has ended and left so many slots behind that should have been dealt with."""
        self._ticked, self._overdue = self._clock(), overdue

    @property
    def tick_age(self) -> float:
        """Seconds since the last tick ended, or since the start."""
        return self._clock() - (self._began if self._ticked is None else self._ticked)

    async def ready(self) -> tuple[bool, dict[str, str]]:
        """Whether digests can be posted and questions answered, and in words how each part is."""
        told: dict[str, tuple[bool, str]] = {"database": await self._database()}
        for name, chat in self._chats.items():
            health = chat.health()
            latency = f"connected, {health.latency:.3f} s" if health.latency is not None else "connected"
            told[name] = (
                health.ready,
                f"{latency}; {health.detail}"
                if health.ready and health.detail
                else (latency if health.ready else health.detail or "not connected"),
            )
        age = self.tick_age
        told["tick"] = (
            self._ticked is not None and age < RECENT,
            f"ended {age:.0f} s ago" if self._ticked is not None else f"none has ended since the start {age:.0f} s ago",
        )
        overdue = counted(self._overdue, "slot") if self._overdue else "no slot"
        told["digests"] = not self._overdue, f"{overdue} overdue"
        return all(well for well, _ in told.values()), {part: words for part, (_, words) in told.items()}

    async def _database(self) -> tuple[bool, str]:
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.to_thread(self._store.probe)
        except StoreError as error:
            return False, str(error)
        except TimeoutError:
            return False, f"nothing could be written to it within {PATIENCE:g} s"
        return True, "can be written"

    # --- over HTTP ---

    @asynccontextmanager
    async def open(self, where: tuple[str, int]) -> AsyncIterator[None]:
        """Answer at this address and port for as long as the context lasts."""
        from aiohttp import web

        app = web.Application()
        app.add_routes([
            web.get("/livez", self._livez),
            web.get("/readyz", self._readyz),
            web.get("/metrics", self._exposed),
        ])  # fmt: skip
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        host, port = where
        try:
            try:
                await web.TCPSite(runner, host, port).start()
                log.info("health and metrics are at http://%s:%s", f"[{host}]" if ":" in host else host, port)
            except OSError as error:
                reason = error.strerror or str(error)
                log.warning("no health and metrics: DATELINE_HTTP names %s port %s (%s)", host, port, reason)
            yield
        finally:
            await runner.cleanup()

    async def _livez(self, _: Request) -> Response:
        """That this is answered shows that the loop runs; that it ticks is looked at."""
        from aiohttp import web

        if self.tick_age > STUCK:
            return web.json_response({"live": False, "tick": f"none has ended for {self.tick_age:.0f} s"}, status=503)
        return web.json_response({"live": True})

    async def _readyz(self, _: Request) -> Response:
        from aiohttp import web

        ready, parts = await self.ready()
        return web.json_response({"ready": ready, **parts}, status=200 if ready else 503)

    async def _exposed(self, _: Request) -> Response:
        from aiohttp import web
        from prometheus_client.exposition import CONTENT_TYPE_LATEST

        try:
            text = await asyncio.to_thread(self.exposition)
        except StoreError as error:
            return web.Response(status=503, text=f"{error}\n")
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    # --- for Prometheus ---

    def exposition(self) -> bytes:
        """All numbers as Prometheus reads them. A registry of its own: nothing is left in the library."""
        from prometheus_client import CollectorRegistry, ProcessCollector
        from prometheus_client.exposition import generate_latest

        registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        registry.register(_Collected(list(self._families())))
        return generate_latest(registry)

    def _families(self) -> Iterable[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        def counter(name: str, meaning: str, labels: tuple[str, ...], values: Mapping[Any, float]) -> Metric:
            family = CounterMetricFamily(f"dateline_{name}", meaning, labels=labels)
            for key, value in values.items():
                family.add_metric([key] if isinstance(key, str) else key, value)
            return family

        def gauge(name: str, meaning: str, values: Mapping[str, float], label: str = "") -> Metric:
            family = GaugeMetricFamily(f"dateline_{name}", meaning, labels=[label] if label else [])
            for key, value in values.items():
                family.add_metric([key] if label else [], value)
            return family

        def spread(name: str, meaning: str, label: str, values: Mapping[str, Any]) -> Metric:
            family = HistogramMetricFamily(f"dateline_{name}", meaning, labels=[label])
            for key, one in list(values.items()):
                family.add_metric([key], list(one.buckets()), one.total)
            return family

        seen, now = self._metrics, self._now()
        healths = {name: chat.health() for name, chat in self._chats.items()}
        platforms = ("platform",)
        yield counter(
            "deliveries",
            "Rows of the outbox settled, by what became of them.",
            ("kind", "platform", "outcome"),
            dict(seen.deliveries),
        )
        yield counter("put_off", "Posts that a platform did not take for now.", platforms, dict(seen.put_off))
        yield spread("slot_delay_seconds", "From a slot's time to its digest's arrival.", "platform", seen.delays)
        yield spread("command_seconds", "Working out the answer to a command.", "command", seen.commands)
        yield counter("command_failures", "Answers that failed through a fault.", ("command",), dict(seen.failures))
        yield gauge(
            "connected", "Whether a platform is connected.", {n: h.ready for n, h in healths.items()}, "platform"
        )
        latencies = {name: health.latency for name, health in healths.items() if health.latency is not None}
        yield gauge("latency_seconds", "Of the last answered heartbeat.", latencies, "platform")
        reconnects = {name: health.reconnects for name, health in healths.items()}
        yield counter("reconnects", "Connections after the first.", platforms, reconnects)
        limited = {name: health.limited for name, health in healths.items()}
        yield counter("rate_limited", "Requests that a rate limit put off.", platforms, limited)
        held_back = {name: health.held_back for name, health in healths.items()}
        yield counter("rate_limit_wait_seconds", "Seconds that rate limits asked to wait.", platforms, held_back)
        yield gauge("tick_age_seconds", "Since the last tick ended.", {"": self.tick_age})
        yield gauge("slots_overdue", "Slots that should have been dealt with.", {"": self._overdue})
        doubtful = [row for row in self._store.deliveries(limit=LOOKED_AT) if row.state is DeliveryState.UNKNOWN]
        yield gauge("digests_unknown", "Of the newest, those that may or may not have arrived.", {"": len(doubtful)})
        facts = self._store.facts()
        yield gauge("articles", "Stored for everyone.", {"": facts.articles})
        yield gauge("stories", "That these articles tell.", {"": facts.stories})
        states, read = self._store.feed_states()
        yield gauge("feeds", "Followed, whoever follows them, by how they fare.", states, "state")
        if read:
            yield gauge("feed_read_age_seconds", "Since any feed was last read.", {"": (now - read).total_seconds()})
        if facts.added:
            age = (now - facts.added).total_seconds()
            yield gauge("newest_article_age_seconds", "Since the newest article was stored.", {"": age})


class _Collected:
    """Families that are collected already, as a registry asks for them."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families

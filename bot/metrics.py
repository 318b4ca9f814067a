"""What happened since this process began, in plain numbers; `web` tells them to Prometheus.

Counting is always on and costs nothing: no library, no thread, and nothing that outlives the object.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from bot.model import Delivery, DeliveryState

DELAYS = (5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 21_600.0)  # seconds from a slot's time to its digest's arrival
LATENCIES = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds that a command takes


@dataclass
class Spread:
    """How values are spread over `bounds`, each of which takes in what is no greater."""

    bounds: tuple[float, ...]
    total: float = 0.0
    _counts: Counter[int] = field(default_factory=Counter)

    def note(self, value: float) -> None:
        self.total += value
        self._counts[bisect_left(self.bounds, value)] += 1

    def buckets(self) -> Iterator[tuple[str, float]]:
        """Each bound and how many values it and those before it take in; "+Inf" at the end."""
        seen = 0
        for place, bound in enumerate((*self.bounds, float("inf"))):
            seen += self._counts[place]
            yield "+Inf" if place == len(self.bounds) else str(bound), seen


@dataclass
class Metrics:
    """`deliveries` by (kind, platform, outcome), `delays` by platform, `commands` and `failures` by command."""

    deliveries: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    delays: dict[str, Spread] = field(default_factory=lambda: defaultdict(lambda: Spread(DELAYS)))
    commands: dict[str, Spread] = field(default_factory=lambda: defaultdict(lambda: Spread(LATENCIES)))
    failures: Counter[str] = field(default_factory=Counter)
    put_off: Counter[str] = field(default_factory=Counter)

    def delivered(self, row: Delivery, state: DeliveryState, now: datetime) -> None:
        """One row of the outbox was settled."""
        kind = "digest" if row.subscription else "reply"
        self.deliveries[kind, row.target.platform, state.value] += 1
        if row.due and state is DeliveryState.SENT:
            self.delays[row.target.platform].note(max(0.0, (now - row.due).total_seconds()))

    def delayed(self, row: Delivery) -> None:
        """One row was put off: the platform did not take it for now."""
        self.put_off[row.target.platform] += 1

    def answered(self, command: str, seconds: float, *, failed: bool) -> None:
        """One command was worked out; `failed` through a fault of ours."""
        self.commands[command].note(seconds)
        self.failures[command] += failed

"""`python -m tests.campaign`: see the package."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from tests.campaign import damage, malformed, outbox
from tests.campaign.scene import SCALE, Outcome, Scene, table
from tests.servers.postgres import PostgresServer, binaries

Row = Callable[[random.Random, int], Awaitable[Outcome] | Outcome]


def rows(url: Callable[[], str]) -> dict[str, tuple[Row, int, int]]:
    """Name -> (what runs it, trials, trials of the short form). `url` makes an empty PostgreSQL database."""
    found: dict[str, tuple[Row, int, int]] = {}
    for one in ("discord", "slack"):
        found |= {
            f"{one}-kills": (partial(outbox.kills, one), 500, 6),
            f"{one}-points": (partial(outbox.points, one), 10, 1),
            f"{one}-replicas": (partial(outbox.replicas, one, url=url), 200, 5),
            f"{one}-short-outages": (partial(outbox.outages, one, long=False), 30, 2),
            f"{one}-long-outages": (partial(outbox.outages, one, long=True), 30, 1),
            f"{one}-storms": (partial(outbox.storms, one), 60, 4),
            f"{one}-cuts": (partial(outbox.cuts, one), 60, 4),
            f"{one}-sigterm": (partial(outbox.stopped, one), 50, 2),
        }
    return found | {
        "discord-punctual": (partial(outbox.punctual, "discord"), 1000, 20),
        "slack-punctual": (partial(outbox.punctual, "slack"), 100, 10),
        "clock-jumps": (partial(outbox.jumps, "discord"), 60, 4),
        "clock-change": (partial(outbox.clock_change, "slack"), 10, 1),
        "disk-full": (partial(outbox.disk_full, "discord"), 40, 2),
        "locked": (partial(outbox.locked, "slack"), 40, 2),
        "corrupt": (damage.corrupt, 400, 20),
        "migration": (damage.migration, 150, 5),
        **{f"malformed-{what}": (partial(malformed.feed, what), 10_000, 100) for what in malformed.KINDS},
        "soak": (damage.soak, 3600, 5),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.campaign", description="Trouble on purpose.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true", help="a few trials of each row")
    parser.add_argument("--row", action="append", help="one row alone; may be repeated")
    parser.add_argument("--share", type=float, default=1.0, help="of the trials")
    parser.add_argument("--logs", type=Path, help="folder in which to keep the processes' logs")
    given = parser.parse_args()
    Scene.logs = given.logs
    server: PostgresServer | None = None

    def database() -> str:
        nonlocal server
        folder = binaries()
        if folder is None:
            raise SystemExit("PostgreSQL's server is not installed: no initdb in PATH or /usr/lib/postgresql")
        server = server or PostgresServer(folder)
        return server.url(server.create())

    known = rows(database)
    if unknown := set(given.row or ()) - set(known):
        parser.error(f"no row {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    print(f"Seed {given.seed}; waiting times scaled by 1/{1 / SCALE:g}.", flush=True)
    outcomes: list[Outcome] = []
    try:
        for name in given.row or known:
            run, long, short = known[name]
            trials = short if given.short else max(1, round(long * given.share))
            began = time.monotonic()
            outcome = run(random.Random(f"{given.seed}/{name}"), trials)
            outcomes.append(outcome if isinstance(outcome, Outcome) else asyncio.run(_awaited(outcome)))
            print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    finally:
        print(table(outcomes))
        if server:
            server.remove()
    return int(any(one.lost or one.doubled for one in outcomes))


async def _awaited(outcome: Awaitable[Outcome]) -> Outcome:
    return await outcome


if __name__ == "__main__":
    sys.exit(main())

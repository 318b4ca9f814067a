"""When a feed is tried next, in seconds: pure, with the source of randomness given."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

LEAST, MOST = 300.0, 86_400.0  # five minutes to a day, whatever a feed asks for
START, SELDOM = 1_800.0, 6 * 3_600.0  # how often a feed is tried at first, and one that seldom has news
OFTENER, RARER = 0.5, 1.25
JITTER = 0.25  # of a wait at most is added to it, so that what began together does not stay together


def pace(before: float, *, news: bool) -> float:
    """Seconds between tries, the nearer to how often a feed has news the longer it is known."""
    before = before or START
    return max(before * OFTENER, LEAST) if news else max(before, min(before * RARER, SELDOM))


def wait(pace: float, asked: Iterable[float | None], random: Random) -> float:
    """Until the next try: no sooner than the feed or its server asked for, within LEAST and MOST."""
    return _bounded(max((pace, *(one for one in asked if one)))) * (1 + random.random() * JITTER)


def spread(pace: float, asked: Iterable[float | None], random: Random) -> float:
    """As `wait`, after the first try: thousands that were added together come apart here."""
    return _bounded(max((LEAST, *(one for one in asked if one)))) + random.random() * pace


def backoff(failures: int, asked: float | None, random: Random) -> float:
    """After so many failures in a row, twice as long each time; `asked`: Retry-After."""
    doubled = LEAST * 2 ** min(max(failures - 1, 0), 20)
    return _bounded(max(doubled, asked or 0.0)) * (1 + random.random() * JITTER)


def _bounded(seconds: float) -> float:
    return min(max(seconds, LEAST), MOST)

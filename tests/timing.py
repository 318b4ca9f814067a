"""CPU time in a test, where a law is about it: the best of several tries, since a busy machine slows any one of them."""

from __future__ import annotations

import time
from collections.abc import Callable

TRIES = 5


def within(seconds: float, work: Callable[[], object]) -> bool:
    """Whether `work` can be done in so many seconds of CPU."""
    return any(_cost(work) < seconds for _ in range(TRIES))


def grows_linearly(work: Callable[[str], object], unit: str, length: int) -> bool:
    """Whether `unit` repeated to four times `length` costs about four times as much, where quadratic is sixteenfold."""
    little, much = (unit * (size // len(unit) + 1) for size in (length, 4 * length))
    work(little)  # caches filled
    return any(_cost(lambda: work(much)) < 10 * _cost(lambda: work(little)) + 0.05 for _ in range(TRIES))


def _cost(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun

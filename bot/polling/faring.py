"""How a feed fares: what a try that went well or failed makes of it, and what is said of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from bot.errors import FeedError, FetchError
from bot.message import Message, Moment, Paragraph, Text, own
from bot.model import Followed, counted
from bot.polling import pacing

LONG = timedelta(days=1)  # so long a feed fails before who added it is told


def well(feed: Followed, now: datetime, *, moved: str, etag: str, modified: str) -> Followed:
    """A feed that could be read; moved for good, it is read there from now on."""
    address = moved or feed.address
    return replace(
        feed,
        address=address,
        former=feed.address if address != feed.address else feed.former,
        etag=etag,
        modified=modified,
        success=now,
        failing=None,
        failures=0,
        reason="" if feed.failures else feed.reason,
        told=False,
    )


def failed(feed: Followed, error: FetchError | FeedError, now: datetime, random: Random) -> Followed:
    """A feed that could not be read, once more."""
    asked = error.retry_after if isinstance(error, FetchError) else None
    failures = feed.failures + 1
    return replace(
        feed,
        due=now + timedelta(seconds=pacing.backoff(failures, asked, random)),
        failures=failures,
        failing=feed.failing or now,
        reason=str(error).rstrip("."),
    )


def is_long(feed: Followed, now: datetime) -> bool:
    return feed.failing is not None and now - feed.failing >= LONG


def note(notes: Sequence[str], new: int, *, background: int = 0) -> str:
    """What to know of a try that went well."""
    held = "entry" if background == 1 else f"{background} entries"
    told = [f"its first {held} stored as background"] if background else []
    if notes:
        which = f"{len(notes)} of its {counted(new, 'new entry')}" if new > 1 else "its new entry"
        told.append(f"{which} could not be stored whole: {notes[-1]}")
    return "; ".join(told)


def notice(feed: Followed, *, over: bool) -> tuple[Message, str]:
    """What who added a feed is told when it fails for long, or is `over`; and the key under which it is said once."""
    assert feed.failing
    if over:
        said = f"Feed {feed.id}, {feed.named}, is no longer followed: {feed.reason}. "
        spans = own(f"{said}`!feed remove {feed.id}` takes it off the list.")
    else:
        spans = (
            Text(f"Feed {feed.id}, {feed.named}, has not been readable since "),
            Moment(feed.failing),
            *own(f": {feed.reason}. It is still tried; `!feed check {feed.id}` shows what happens."),
        )
    key = f"feed:{feed.id}:{'over' if over else 'failing'}:{feed.failing.date().isoformat()}"
    return Message((Paragraph(spans),)), key

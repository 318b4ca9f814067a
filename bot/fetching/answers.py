"""What a server's answer says in its headers: how long it keeps, how long to wait, and what a refusal is in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.errors import FetchError

LONGEST_WAIT = 86400.0  # seconds; a server that asks for more is asked again after a day
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,10})", re.IGNORECASE)
_UNKEPT = re.compile(r"(?:^|[\s,])no-(?:cache|store)\b", re.IGNORECASE)

_WORDS = {
    401: "the server asks for a password",
    402: "the server asks to be paid",
    403: "the server does not let it be read",
    404: "there is nothing at its address",
    410: "it is gone for good",
    429: "the server asks to be asked less often",
    451: "it may not be shown for legal reasons",
}


def max_age(headers: Mapping[str, str]) -> float | None:
    """Seconds for which the answer is fresh, where it says so; RFC 9111, section 4.2.1."""
    control = headers.get("Cache-Control", "")
    if _UNKEPT.search(control):
        return 0.0
    if said := _MAX_AGE.search(control):
        return float(said[1])
    expires = _instant(headers.get("Expires", ""))
    if expires is None:
        return None
    asked = _instant(headers.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (expires - asked).total_seconds())


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait, where it does; RFC 9110, section 10.2.3."""
    said = headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return min(float(said[:10]), LONGEST_WAIT)
    at = _instant(said)
    if at is None:
        return None
    now = _instant(headers.get("Date", "")) or datetime.now(UTC)
    return min(max(0.0, (at - now).total_seconds()), LONGEST_WAIT)


def _instant(said: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(said)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def refusal(status: int, headers: Mapping[str, str]) -> FetchError:
    """The error for an answer that is neither the thing nor a redirect."""
    words = f"{_WORDS[status]} ({status})" if status in _WORDS else f"the server answered {status}"
    return FetchError(words, retry_after(headers), for_good=status == 410, status=status)

"""Secrets: never shown, and masked wherever they turn up."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from urllib.parse import parse_qs, quote, quote_plus, unquote, urlsplit

MASK = "***"
_ANY_PASSWORD = re.compile(r"(\b[a-z][a-z0-9+.-]{0,20}://[^\s/:@?#]*:)[^\s/?#]*@", re.IGNORECASE)
_ANY_TOKEN = re.compile(r"\bxox[a-z]-[\w-]{4,}|\bxapp-[\w-]{4,}|\b[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,40}\b", re.ASCII)


class Secret:
    """Text that shows itself to `reveal()` alone. False where empty."""

    # no dataclass, which `asdict` would open
    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)


def hide(text: str, values: re.Pattern[str] | None = None) -> str:
    """`text` with all that matches `values` masked, and whatever else looks like a token or a password in an address."""
    masked = values.sub(MASK, text) if values else text
    return _ANY_TOKEN.sub(MASK, _ANY_PASSWORD.sub(rf"\1{MASK}@", masked))


def pattern(values: Iterable[Secret]) -> re.Pattern[str] | None:
    """What finds each value, and the passwords of those that are addresses, however they are written; None for none."""
    texts = {text for value in values for text in (value.reveal(), *_passwords(value.reveal()))}
    forms = {form for text in texts if text for form in _forms(text)}
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    # a password of three letters is also a part of words: those stay, or no log could be read
    found = (re.escape(form) if len(form) > 5 else rf"(?<!\w){re.escape(form)}(?!\w)" for form in longest_first)
    return re.compile("|".join(found), re.IGNORECASE) if forms else None


def _passwords(text: str) -> tuple[str, ...]:
    if "://" not in text:
        return ()
    parts = urlsplit(text)
    asked = parse_qs(parts.query)  # libpq reads them from there too; PostgreSQL 17, section 32.1.1.2
    written = parts.password or ""
    return (written, unquote(written), *asked.get("password", ()), *asked.get("sslpassword", ()))


def _forms(text: str) -> set[str]:
    """`text` as it stands in addresses, in JSON and in tracebacks."""
    return {text, quote(text), quote(text, safe=""), quote_plus(text), json.dumps(text)[1:-1], repr(text)[1:-1]}

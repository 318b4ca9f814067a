"""Where a PostgreSQL store stands: connecting to it, and naming it without its secrets.

A password with an `@`, a `/` or a `?` that is not written as %40, %2F or %3F is taken for a host, a port or a setting,
and then stands in what the library says. So it is quoted only where the address is so plain that it cannot.
"""

from __future__ import annotations

import re
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bot.errors import StoreError
from bot.store.rows import Row

_USER = r"(?:[^:/?#@\[\]]*(?::[^:/?#@\[\]]*)?@)?"
_WHERE = r"(?P<where>(?:\w[\w.-]*|\[[\da-fA-F:.]+\])(?::\d+)?(?:/[\w-]+)?)?"
_PLAIN = re.compile(rf"postgres(?:ql)?://{_USER}{_WHERE}(?:/[\w-]*)?(?:\?[^@]*)?")

_WRITE = "write `postgresql://user:password@host:5432/name`, and signs such as @ / ? # % in the password as %40 %2F %3F %23 %25"

# Of libpq: PostgreSQL 15, section 34.1.2. A connection to a server that is gone is given up within half a minute.
_DEFAULTS: dict[str, Any] = {
    "application_name": "dateline",
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,  # ms
}


class Address:
    """Shown, it is "PostgreSQL at host:port/name", or as much of it as can be told."""

    def __init__(self, url: str) -> None:
        plain = _PLAIN.fullmatch(url)
        self._plain = plain is not None
        self._shown = f"PostgreSQL at {plain['where']}" if plain and plain["where"] else "PostgreSQL"
        try:
            self._given = conninfo_to_dict(url)
        except psycopg.Error:
            # the error, and whatever is raised from it, would show the password
            raise StoreError(f"The address of the PostgreSQL store cannot be read; {_WRITE}.") from None

    def __str__(self) -> str:
        return self._shown

    def connect(self, wait: float) -> psycopg.Connection[Row]:
        """A new connection, within `wait` seconds; StoreError says in one sentence why there is none."""
        given = _DEFAULTS | {"connect_timeout": max(2, round(wait))} | self._given | {"client_encoding": "UTF8"}
        try:
            return psycopg.connect(make_conninfo(**given), autocommit=True)
        except psycopg.Error as error:
            line = str(error).partition("\n")[0].strip().rstrip(".")
            said = line.rpartition(" failed: ")[2].removeprefix("FATAL:").strip()
        # not within the `except`: the library's words are shown only if they cannot hold the password
        secret = str(self._given.get("password") or "")
        if not self._plain or (secret and secret in said):
            raise StoreError(f"{self} cannot be reached; start it, or mend its address: {_WRITE}.")
        raise StoreError(f"{self} cannot be reached ({said}); start it, or mend its address.")

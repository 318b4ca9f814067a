"""A whole store into another: from SQLite to PostgreSQL, and back.

Articles with all their versions and what was worked out about them, answers, subscriptions and the outbox, each under
the id it had: citations, buttons and marks go on meaning the same. Only what words are found by is made anew.
"""

from __future__ import annotations

from contextlib import closing

from bot.errors import StoreError
from bot.store import is_there, open_whole


def move(source: str, target: str) -> int:
    """Copy all of the store at `source` into the empty one at `target`; returns how many articles.

    The target gets all or nothing. The source stays as it is; stop what serves it first, else what comes to it
    meanwhile is not moved. StoreError says what is missing, or that the target is not empty.
    """
    if not is_there(source):
        raise StoreError("There is no store to move from at that address.")
    with closing(open_whole(source)) as old, closing(open_whole(target)) as new:
        return old.dump(new.load)

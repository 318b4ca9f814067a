"""One server to a data folder: a lock that its process holds, and that the system lets go of however it ends."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.errors import StoreError


@contextmanager
def locked(database: Path, doing: str) -> Iterator[None]:
    """Be the only server of `database` for as long as the context lasts.

    StoreError names the process that is, and says that `doing` has to wait for it. Who opens the store without this,
    as every other command does, is not kept out.
    """
    import fcntl

    path = database.with_name(f"{database.name}.lock")
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written ({error.strerror}); let its folder belong to the user who runs Dateline."
        ) from error
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(file, 300).decode("utf-8", "replace").strip() or "unknown"
            raise StoreError(
                f"Process {holder} serves {database} already; stop it before {doing}. Several servers on one corpus "
                "need PostgreSQL."
            ) from None
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()} on {socket.gethostname()}\n".encode(), 0)  # in a container every pid is 1
        yield
    finally:
        with suppress(OSError):
            os.close(file)  # the file stays: removing it would let two processes lock two files of one name

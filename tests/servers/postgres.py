"""A PostgreSQL server of its own in a temporary folder, as fast as one that need not survive a power cut."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

BINARIES = "/usr/lib/postgresql"  # where Debian keeps them, a folder a version
HASTY = "-c fsync=off -c full_page_writes=off -c listen_addresses= -c shared_buffers=64MB"


def binaries() -> Path | None:
    """The folder of `initdb` and `pg_ctl`; of several versions the newest."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = [path.parent for path in Path(BINARIES).glob("*/bin/initdb")]
    return max(folders, key=lambda folder: int(folder.parent.name)) if folders else None


class PostgresServer:
    """It listens at a socket in its folder alone, and trusts who can open that."""

    def __init__(self, folder: Path) -> None:
        self._binaries = folder
        self._home = Path(tempfile.mkdtemp(prefix="dateline-pg-"))
        self._numbers = count(1)
        self._owner: str | None = None
        if os.geteuid() == 0:  # the server refuses to run as root
            self._owner = next(name for name in ("postgres", "nobody") if _exists(name))
            shutil.chown(self._home, self._owner)
        self._do("initdb", "-D", "data", "-U", "dateline", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self.start()

    def start(self, *, following: bool = False) -> None:
        """`following`: as a server that only repeats what another writes."""
        signal = self._home / "data" / "standby.signal"  # PostgreSQL 15, section 27.2.4
        if following:
            signal.touch()
        else:
            signal.unlink(missing_ok=True)
        options = f"{HASTY} -c unix_socket_directories={self._home}"
        self._do("pg_ctl", "-D", "data", "-l", "log", "-w", "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        self._do("pg_ctl", "-D", "data", "-w", "-m", mode, "stop")

    def url(self, database: str = "postgres", **settings: str) -> str:
        asked = "".join(f"&{name}={value}" for name, value in settings.items())
        return f"postgresql://dateline@/{database}?host={self._home}{asked}"

    def create(self, encoding: str = "UTF8") -> str:
        """The name of a new database."""
        name = f"test{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}'")
        return name

    def empty(self, database: str) -> None:
        """Delete every row of a store, and begin to count anew: ten times faster than another database."""
        tables = self.run(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'dateline' AND tablename <> 'migration'", database
        )
        counters = self.run("SELECT sequencename FROM pg_sequences WHERE schemaname = 'dateline'", database)
        self.run(
            "SET search_path = dateline; SET session_replication_role = replica;"  # in any order
            + "".join(f"DELETE FROM {table};" for (table,) in tables)
            + "".join(f"SELECT setval('{counter}', 1, false);" for (counter,) in counters),
            database,
        )

    def run(self, sql: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url(database), autocommit=True) as db:
            done = db.execute(sql)
            return done.fetchall() if done.description else []

    def remove(self) -> None:
        self.stop("immediate")
        shutil.rmtree(self._home)

    def _do(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._binaries / program, *arguments],
            cwd=self._home,
            user=self._owner,
            group=pwd.getpwnam(self._owner).pw_gid if self._owner else None,
            extra_groups=[] if self._owner else None,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # not a pipe: the server would keep it open
            stderr=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode:
            log = self._home / "log"
            raise RuntimeError(f"{program} failed: {log.read_text() if log.exists() else done.returncode}")


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True

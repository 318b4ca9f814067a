"""Fixtures that every test may ask for; builders with defaults stand in `make`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from bot.ports import Store
from bot.store import open_store
from tests.servers.postgres import PostgresServer, binaries

settings.register_profile("quick", max_examples=20, deadline=None)  # while one works
settings.register_profile("thorough", max_examples=100, deadline=None)
settings.load_profile("thorough" if os.environ.get("CI") else "quick")

POSTGRES = pytest.param("postgres", marks=pytest.mark.servers)
KINDS = ("memory", "file", POSTGRES)  # of stores that hold the contract
SHARED = ("file", POSTGRES)  # of them, those that several connections and processes may open


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever asks for the PostgreSQL server stands with the tests that need servers."""
    for item in items:
        if "postgres" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.servers)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server."""
    folder = binaries()
    if folder is None:
        pytest.skip("PostgreSQL's server is not installed: no initdb in PATH or /usr/lib/postgresql")
    server = PostgresServer(folder)
    yield server
    server.remove()


@pytest.fixture(scope="session")
def _database(postgres: PostgresServer) -> str:
    return postgres.create()


@pytest.fixture
def database(postgres: PostgresServer, _database: str) -> str:
    """The name of a database; what stores have left in it is gone."""
    postgres.empty(_database)
    return _database


def _address(request: pytest.FixtureRequest, folder: Path) -> str:
    match request.param:
        case "memory":
            return ":memory:"
        case "file":
            return f"sqlite:///{folder / 'dateline.db'}"
        case _:
            server: PostgresServer = request.getfixturevalue("postgres")
            return server.url(request.getfixturevalue("database"))


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Every kind of store, empty."""
    opened = open_store(_address(request, tmp_path))
    yield opened
    opened.close()


@pytest.fixture(params=SHARED)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store can be opened more than once."""
    return _address(request, tmp_path)


@pytest.fixture
def opened() -> Iterator[Callable[[str], Store]]:
    """Opens stores, and closes them when the test is over."""
    stores: list[Store] = []

    def open_one(url: str) -> Store:
        stores.append(open_store(url))
        return stores[-1]

    yield open_one
    for each in stores:
        each.close()

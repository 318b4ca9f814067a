"""Fixtures that every test may ask for; builders with defaults stand in `make`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.ports import Store
from bot.store import open_store

KINDS = ("memory", "file")  # of stores that hold the contract
SHARED = ("file",)  # of them, those that several connections and processes may open


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Every kind of store, empty."""
    opened = open_store(_url(request.param, tmp_path))
    yield opened
    opened.close()


@pytest.fixture(params=SHARED)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store can be opened more than once."""
    return _url(request.param, tmp_path)


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


def _url(kind: str, folder: Path) -> str:
    return {"memory": ":memory:", "file": f"sqlite:///{folder / 'dateline.db'}"}[kind]

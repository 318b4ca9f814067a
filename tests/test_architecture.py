"""Who may import whom: imports go down the rows only, and a library is known to the rooms named for it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

BOT = Path(__file__).parent.parent / "bot"

ROWS = [
    {"__main__"},
    {"verbs", "upkeep"},
    {"running", "doctor", "orders"},
    {"polling"},
    {"chat", "store", "delivery", "schedule", "script", "fetching", "web", "tenants"},
    {"commands", "corpus", "log"},
    {"edition"},
    {"quotation", "dating"},
    {"digest", "timeline", "source", "stories", "ingest", "slots", "picture"},
    {"ranking", "dates", "sentences"},
    {"terms"},
    {"languages"},
    {"ports"},
    {"message", "config", "metrics"},
    {"model", "errors"},
]
ROW = {room: number for number, row in enumerate(ROWS) for room in row}
SOCKETS = {"ports", "message", "model", "errors"}  # all that chat/ and store/ may see of ours,
FOUND_BY = {"terms"}  # but a store may ask what a word of another language is found by

LIBRARIES = {
    "discord": {"chat"},
    "slack_bolt": {"chat"},
    "slack_sdk": {"chat"},
    "apsw": {"store"},
    "psycopg": {"store"},
    "numpy": {"ranking"},
    "sumy": {"ranking"},
    "nltk": {"ranking"},
    "apscheduler": {"schedule"},
    "dotenv": {"config"},
    "feedparser": {"ingest"},
    "trafilatura": {"ingest"},
    "lxml": {"ingest"},
    "py3langid": {"languages"},
    "yarl": {"fetching"},
    "Stemmer": {"terms"},
    "rapidfuzz": {"commands", "store", "slots", "config", "source"},
    "PIL": {"picture"},
    "prometheus_client": {"web"},
    "aiohttp": {"web", "chat", "fetching"},
}


def room_of(path: Path) -> str:
    parts = path.relative_to(BOT).with_suffix("").parts
    return parts[0] if parts != ("__init__",) else "__init__"


def imports(source: str) -> Iterator[str]:
    """Dotted names imported anywhere in `source`; of `from bot import x`, "bot.x"."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide who is meant"
            if node.module == "bot":
                yield from (f"bot.{alias.name}" for alias in node.names)
            else:
                yield node.module or ""


def faults(room: str, source: str) -> list[str]:
    found = []
    for name in imports(source):
        top, _, rest = name.partition(".")
        if top == "bot":
            other = rest.split(".")[0]
            if other in {room, "__version__", ""}:
                continue
            if ROW[other] <= ROW[room]:
                found.append(f"{room} imports {other}, which is not below it")
            if room in {"chat", "store"} and other not in SOCKETS | (FOUND_BY if room == "store" else set()):
                found.append(f"{room} imports {other}; it may see the sockets only")
        elif top in LIBRARIES and room not in LIBRARIES[top]:
            found.append(f"{room} imports {top}, which belongs to {sorted(LIBRARIES[top])}")
        elif top not in LIBRARIES and top not in sys.stdlib_module_names:
            found.append(f"{room} imports {top}, which no room is named for")
    return found


@pytest.mark.parametrize("path", sorted(BOT.rglob("*.py")), ids=lambda path: str(path.relative_to(BOT)))
def test_imports_go_down_and_libraries_stay_in_their_rooms(path):
    room = room_of(path)
    if room != "__init__":
        assert room in ROW, f"{room} has no row"
        assert not faults(room, path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("dates", "from bot import commands"),
        ("digest", "from bot.timeline import timeline"),
        ("store", "from bot import dates"),
        ("delivery", "import discord"),
        ("model", "from bot import message"),
        ("terms", "import requests"),
        ("delivery", "from bot.__main__ import main"),
    ],
)
def test_a_planted_violation_is_found(room, source):
    assert faults(room, source)


@pytest.mark.parametrize("path", sorted(BOT.rglob("*.py")), ids=lambda path: str(path.relative_to(BOT)))
def test_a_file_past_300_lines_explains_itself(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    head = " ".join(lines[:12])
    assert len(lines) <= 300 or "One file past 300 lines" in head, f"{len(lines)} lines"

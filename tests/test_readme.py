"""README against the code: every command, setting, verb and room named there exists, and the other way round."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

import pytest

from bot.__main__ import parser
from bot.chat.terminal import HERE, render
from bot.commands import COMMANDS, answer
from bot.config import SETTINGS
from bot.ports import Answer, Request, channel_of
from bot.store import open_store
from tests.make import NOW, seeded
from tests.test_architecture import ROWS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def verbs() -> set[str]:
    actions = parser()._actions
    return {name for action in actions if isinstance(action, argparse._SubParsersAction) for name in action.choices}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.name)
def test_every_command_stands_there_with_its_usage_and_an_example(command):
    assert f"`{command.usage}`" in README
    assert command.summary in README
    assert any(f"`{example}`" in README for example, _ in command.examples)


def test_every_command_named_there_exists():
    assert set(re.findall(r"`!([a-z]+)", README)) <= set(COMMANDS)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_stands_there_with_its_default_and_meaning(setting):
    row = next(line for line in README.splitlines() if line.startswith(f"| `{setting.name}` |"))
    assert (f"`{setting.default}`" if setting.default else "| |") in row
    assert setting.meaning in row


def test_every_setting_named_there_exists():
    known = {name for setting in SETTINGS for name in setting.names}
    assert set(re.findall(r"\b(?:DATELINE|DISCORD|SLACK)_[A-Z_]*[A-Z]\b", README)) <= known


def test_every_verb_stands_there_and_every_verb_named_there_exists():
    assert {verb for verb in verbs() if f"`dateline {verb}" in README or f"| `{verb}" in README} == verbs()
    named = re.findall(r"(?:`|\$ |\.venv/bin/|\| )dateline ([a-z]+)", README)
    assert set(named) <= verbs()


def test_the_plan_names_every_room_and_no_other():
    plan = README.partition("## The plan of the house")[2].partition("```")[2].partition("```")[0]
    named = set(re.findall(r"^  ([a-z_]+?)(?:\.py|/)\s", plan, re.MULTILINE))
    rooms = {path.stem for path in (ROOT / "bot").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert named == rooms


def test_the_rows_are_those_that_the_architecture_keeps():
    rows = README.partition("Imports go down only")[2].partition("```")[2].partition("```")[0].strip().splitlines()
    assert [set(row.split()) for row in rows] == ROWS


def conversations() -> list[tuple[str, str]]:
    """Each `dateline ask` of the README and what it says comes of it."""
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    found = []
    for block in blocks:
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            if command.startswith("dateline ask"):
                found.append((" ".join(shlex.split(command)[2:]), shown.strip()))
    return found


def test_the_conversation_is_what_the_bot_says():
    store = seeded(open_store(":memory:"))
    told = conversations()
    assert told
    for text, shown in told:
        reply = answer(Request(text, HERE, text, trusted=True), store, NOW)
        store.remember(Answer(channel_of(HERE), reply.command, reply.citations), NOW)
        assert render(reply.message).strip() == shown

"""The container's recipe against the code and the repository: what it names exists, and what it promises is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.config import Settings
from tests.test_readme import verbs

ROOT = Path(__file__).parent.parent
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
IGNORED = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()


def copied() -> list[str]:
    """What is copied from the repository into the image."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
    return [source for line in lines for source in line.split()[:-1]]


@pytest.mark.parametrize("source", copied())
def test_what_is_copied_is_there_and_let_through(source):
    assert (ROOT / source).exists()
    assert f"!{source}" in IGNORED


def test_nothing_else_is_let_through():
    assert "*" in IGNORED
    assert {line[1:] for line in IGNORED if line.startswith("!")} == set(copied())


def test_its_bases_are_slim_and_pinned_by_tag():
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(bases) == 2
    assert all(re.fullmatch(r"python:3\.\d+-slim-[a-z]+", base) for base in bases)


def test_it_runs_as_a_numbered_user_with_one_volume_and_a_healthcheck_that_exists():
    assert re.search(r"^USER [1-9][0-9]+:[1-9][0-9]+$", DOCKERFILE, re.MULTILINE)
    assert re.findall(r"^VOLUME (.+)$", DOCKERFILE, re.MULTILINE) == ["/data"]
    named = re.findall(r'CMD \["(?:dateline", ")?([a-z]+)"\]', DOCKERFILE)
    assert named == ["healthcheck", "serve"]
    assert set(named) <= verbs()


def test_its_environment_is_one_that_the_settings_take():
    given = dict(re.findall(r"\b((?:DATELINE|DATABASE)_[A-Z_]+)[=:] ?(\S+)", DOCKERFILE))
    assert Settings.load(given, None).data == Path("/data")


def test_compose_has_the_default_without_a_profile_and_two_replicas_on_postgresql():
    services = dict(re.findall(r"^  (\w+):\n((?:    .*\n|\n)+)", COMPOSE.partition("\nservices:\n")[2], re.MULTILINE))
    assert {"dateline", "replica", "postgres"} <= set(services)
    assert "profiles" not in services["dateline"]
    assert "- data:/data" in services["dateline"]
    assert "replicas: 2" in services["replica"]
    assert "- postgres" in services["replica"]
    assert "read_only: true" in COMPOSE
    seconds = re.search(r"stop_grace_period: (\d+)s", COMPOSE)
    assert seconds
    assert int(seconds[1]) > 10


def test_no_secret_and_no_registry_stands_in_it():
    assert not re.search(r"xox|xapp-|index-url|(?:TOKEN|PASSWORD)[=:] ?[A-Za-z0-9]", DOCKERFILE + COMPOSE)

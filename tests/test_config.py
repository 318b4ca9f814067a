from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot import config
from bot.config import SETTINGS, Secret, Settings
from bot.errors import SettingsError

EXAMPLE = Path(__file__).parent.parent / ".env.example"
SLACK = {"SLACK_BOT_TOKEN": "xoxb-1-marked", "SLACK_APP_TOKEN": "xapp-1-marked"}
PASSWORD = 'p@ss/w:rd %&é"\\'
POSTGRES = f"postgresql://reader:{quote(PASSWORD, safe='')}@db.example:5432/news"


def load(dotenv: Path | None = None, /, **environ: str) -> Settings:
    return Settings.load({"HOME": "/home/reader", **environ}, dotenv)


def faults(dotenv: Path | None = None, /, **environ: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as refusal:
        load(dotenv, **environ)
    return refusal.value.faults


@pytest.fixture
def written(tmp_path: Path) -> Any:
    def write(text: str | bytes, name: str = ".env") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


# --- what is set ------------------------------------------------------------------------------------------


def test_nothing_needs_to_be_set() -> None:
    settings = load()
    assert settings.platforms == ()
    assert settings.secrets == ()
    assert settings.data == Path("/home/reader/.local/share/dateline")
    assert settings.database.reveal() == "sqlite:////home/reader/.local/share/dateline/dateline.db"
    assert settings.keep_days is None
    assert settings.summarizer == "dateline"
    assert settings.late == timedelta(hours=6)
    assert (settings.unknown, settings.log, settings.log_level) == ("hold", "human", "info")
    assert settings.slack_admins == frozenset()


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("DATELINE_DATA", "/data", "data", Path("/data")),
        ("DATELINE_DATA", "~/news", "data", Path("/home/reader/news")),
        ("DATELINE_DATA", "news", "data", Path.cwd() / "news"),
        ("XDG_DATA_HOME", "/xdg", "data", Path("/xdg/dateline")),
        ("XDG_DATA_HOME", "relative", "data", Path("/home/reader/.local/share/dateline")),
        ("DATABASE_URL", POSTGRES, "database", Secret(POSTGRES)),
        ("DATABASE_URL", "postgres:///news", "database", Secret("postgres:///news")),
        ("DATABASE_URL", "sqlite:////srv/news.db", "database", Secret("sqlite:////srv/news.db")),
        ("DATELINE_KEEP_DAYS", "30", "keep_days", 30),
        ("DATELINE_KEEP_DAYS", "Off", "keep_days", None),
        ("DATELINE_SUMMARIZER", "Sum-Basic", "summarizer", "sum-basic"),
        ("DATELINE_LATE_HOURS", "0.5", "late", timedelta(minutes=30)),
        ("DATELINE_LATE_HOURS", "0", "late", timedelta(0)),
        ("DATELINE_UNKNOWN", "resend", "unknown", "resend"),
        ("DATELINE_HTTP", "0.0.0.0:9000", "http", ("0.0.0.0", 9000)),
        ("DATELINE_HTTP", "9000", "http", ("127.0.0.1", 9000)),
        ("DATELINE_HTTP", "[::1]:9000", "http", ("::1", 9000)),
        ("DATELINE_HTTP", "OFF", "http", None),
        ("DATELINE_LOG", " json ", "log", "json"),
        ("DATELINE_LOG_LEVEL", "WARNING", "log_level", "warning"),
        ("DISCORD_TOKEN", "MTk4.Cl2FMQ.marked", "discord_token", Secret("MTk4.Cl2FMQ.marked")),
        ("DISCORD_API_BASE", "http://127.0.0.1:8081/api/", "discord_api_base", "http://127.0.0.1:8081/api"),
        ("DISCORD_GATEWAY_URL", "ws://127.0.0.1:8082", "discord_gateway_url", "ws://127.0.0.1:8082"),
        ("DISCORD_SHARDS", "Auto", "discord_shards", None),
        ("DISCORD_SHARDS", "0-3/8", "discord_shards", ((0, 1, 2, 3), 8)),
        ("DISCORD_SHARDS", "7/8", "discord_shards", ((7,), 8)),
        ("SLACK_API_BASE", "http://[::1]:8083/api/", "slack_api_base", "http://[::1]:8083/api"),
        ("SLACK_ADMINS", "U012AB3CD, W70 , U9X8Z", "slack_admins", {"U012AB3CD", "W70", "U9X8Z"}),
    ],
)
def test_a_setting_is_read(name: str, text: str, field: str, value: object) -> None:
    assert getattr(load(**{name: text}), field) == value


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_an_empty_value_is_not_set(setting: config.Setting) -> None:
    assert load(**{setting.name: "  "}) == load()


def test_a_platform_is_on_when_it_has_its_tokens() -> None:
    assert load(DISCORD_TOKEN="marked-token").platforms == ("discord",)
    assert load(**SLACK).platforms == ("slack",)
    assert load(DISCORD_TOKEN="marked-token", **SLACK).platforms == ("discord", "slack")


# --- where it comes from ----------------------------------------------------------------------------------


def test_the_environment_wins_over_the_file(written: Any) -> None:
    path = written("DATELINE_LOG=json\nDATELINE_LATE_HOURS=3\nexport DATELINE_UNKNOWN='resend' # why\nOTHER=1\n")
    settings = load(path, DATELINE_LOG="human", DATELINE_LATE_HOURS="")
    assert (settings.log, settings.late, settings.unknown) == ("human", timedelta(hours=3), "resend")


def test_the_environment_of_the_process_is_left_alone(written: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_LOG", "json")
    settings = load(written("DATELINE_SUMMARIZER=lead\nDISCORD_TOKEN=${DATELINE_LOG}-marked"))
    assert (settings.log, settings.summarizer) == ("human", "lead")
    assert settings.discord_token.reveal() == "${DATELINE_LOG}-marked"


def test_a_file_that_is_not_there_sets_nothing(tmp_path: Path) -> None:
    assert load(tmp_path / ".env") == load()


def test_a_byte_order_mark_and_windows_lines_are_read(written: Any) -> None:
    assert load(written(b"\xef\xbb\xbfDATELINE_LOG=json\r\nDATELINE_UNKNOWN=resend\r\n")).log == "json"


def test_a_secret_may_stand_in_a_file(written: Any) -> None:
    path = written("marked-token\n", "token")
    assert load(DISCORD_TOKEN_FILE=str(path)).discord_token == Secret("marked-token")
    url = written(POSTGRES, "url")
    assert load(written(f"DATABASE_URL_FILE={url}")).database == Secret(POSTGRES)


def test_the_environments_secret_wins_over_the_files_twin(written: Any) -> None:
    path = written("DISCORD_TOKEN_FILE=/nowhere")
    assert load(path, DISCORD_TOKEN="marked-token").discord_token == Secret("marked-token")


# --- faults -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("DATELINE_DATA", __file__, "a file stands there"),
        ("DATELINE_DATA", "~bob/news", "only ~/ is understood"),
        ("DATABASE_URL", "mysql://marked@db/news", "write postgresql://user:password@host:5432/name, or sqlite:///"),
        ("DATABASE_URL", "postgresql://u:marked@db:port/news", "write postgresql://"),
        ("DATABASE_URL", "sqlite://", "sqlite:///path"),
        ("DATELINE_KEEP_DAYS", "0", 'is "0": write a whole number of days from 1 to 99999, such as 30, or off.'),
        ("DATELINE_KEEP_DAYS", "٣٠", "a whole number of days"),
        ("DATELINE_KEEP_DAYS", "30 days", "a whole number of days"),
        ("DATELINE_SUMMARIZER", "lexrnk", "(did you mean lexrank?)"),
        ("DATELINE_SUMMARIZER", "gpt", "write dateline, lead, lexrank, textrank, lsa, luhn, edmundson, kl"),
        ("DATELINE_LATE_HOURS", "nan", "a number of hours from 0 to 168"),
        ("DATELINE_LATE_HOURS", "1e9", "a number of hours from 0 to 168"),
        ("DATELINE_LATE_HOURS", "-1", "a number of hours from 0 to 168"),
        ("DATELINE_UNKNOWN", "drop", "write hold or resend"),
        ("DATELINE_HTTP", "127.0.0.1:0", "such as 127.0.0.1:8081"),
        ("DATELINE_HTTP", "http://127.0.0.1:8081", "an address and a port"),
        ("DATELINE_HTTP", "127.0.0.1:65536", "an address and a port"),
        ("DISCORD_SHARDS", "3-1/8", "such as 0-3/8"),
        ("DISCORD_SHARDS", "0-8/8", "counted from 0"),
        ("DISCORD_SHARDS", "4", "write auto, or the shards of this process"),
        ("DATELINE_LOG", "jsno", "write human or json (did you mean json?)"),
        ("DATELINE_LOG_LEVEL", "warn", "did you mean warning?"),
        ("DISCORD_TOKEN", "Bot marked-token", "without quotes, spaces or the word Bot"),
        ("DISCORD_TOKEN", '"marked-token"', "without quotes"),
        ("DISCORD_TOKEN", "xoxb-marked-token", "the token alone"),
        ("DISCORD_API_BASE", "discord.com/api", "starts with https:// or http://"),
        ("DISCORD_API_BASE", "https://u:marked@discord.com", "such as https://discord.com/api/v10"),
        ("DISCORD_GATEWAY_URL", "https://gateway.discord.gg", "wss:// or ws://"),
        ("SLACK_API_BASE", "https://slack.com:99999/api", "such as https://slack.com/api"),
        ("SLACK_ADMINS", "@alice", "user ids separated by commas, such as U012AB3CD"),
        ("DISCORD_TOKEN", "marked\u200btoken", "DISCORD_TOKEN holds U+200B, which cannot be seen, at character 7"),
        ("DISCORD_TOKEN_FILE", "/nowhere/marked", "names a file that cannot be read (No such file or directory)"),
    ],
)
def test_a_wrong_value_is_named_with_what_to_write(name: str, text: str, fault: str) -> None:
    (told,) = faults(**{name: text})
    assert told.startswith(name)
    assert fault in told
    assert "marked" not in told


@pytest.mark.parametrize(
    ("given", "other"), [("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"), ("SLACK_APP_TOKEN", "SLACK_BOT_TOKEN")]
)
def test_one_slack_token_without_the_other_is_a_fault(given: str, other: str) -> None:
    (told,) = faults(**{given: SLACK[given]})
    assert given in told
    assert other in told


def test_slack_tokens_in_each_others_place_are_told_apart() -> None:
    told = faults(SLACK_BOT_TOKEN=SLACK["SLACK_APP_TOKEN"], SLACK_APP_TOKEN=SLACK["SLACK_BOT_TOKEN"])
    assert ["xoxb-" in told[0], "xapp-" in told[1]] == [True, True]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("DATELINE_SUMARIZER", "DATELINE_SUMMARIZER"),
        ("DATELINE_KEEPDAYS", "DATELINE_KEEP_DAYS"),
        ("DISCORD_TOKEN_FLIE", "DISCORD_TOKEN_FILE"),
        ("SLACK_TOKEN", "SLACK_BOT_TOKEN"),
        ("discord_token", "DISCORD_TOKEN"),
        ("DATABASE_URLS", "DATABASE_URL"),
        ("DATLINE_DATA", "DATELINE_DATA"),
        ("DISCROD_TOKEN", "DISCORD_TOKEN"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(written: Any, name: str, meant: str) -> None:
    assert faults(**{name: "marked"}) == (f"{name} is no setting. Did you mean {meant}?",)
    assert faults(written(f"{name}=marked")) == (f"{name} is no setting. Did you mean {meant}?",)


def test_names_of_others_are_no_concern_of_ours() -> None:
    assert load(PATH="/bin", POSTGRES_PASSWORD="x", DATABASE="x", STACK_NAME="x", DISCO="x", _="x").platforms == ()


def test_every_fault_is_named_at_once(written: Any) -> None:
    path = written("DATELINE_LOG=xml\nDISCORD TOKEN=marked\nDATELINE_X=1\n")
    told = faults(path, DATELINE_UNKNOWN="drop", SLACK_BOT_TOKEN="xoxb-marked", DATABASE_URL="marked")
    assert [fault.split(" ")[0].rstrip(",") for fault in told] == [
        str(path),
        "DATELINE_X",
        "DATABASE_URL",
        "DATELINE_UNKNOWN",
        "DATELINE_LOG",
        "SLACK_BOT_TOKEN",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("DATELINE_LOG=json\n\n# why\nDISCORD TOKEN=marked\n", 4),
        ("DISCORD_TOKEN\n", 1),
        ("\n\nDISCORD_TOKEN='marked\n", 3),
        ("A=1\r\n\r\nmarked marked\r\n", 3),
        ('DATELINE_LOG="json" marked\n', 1),
    ],
)
def test_a_line_that_cannot_be_read_is_a_fault_with_its_number(written: Any, text: str, line: int) -> None:
    path = written(text)
    told = faults(path)
    assert told[0].startswith(f"{path}, line {line}: write NAME=value")
    assert "marked" not in "".join(told)


def test_a_quote_left_open_does_not_swallow_what_follows(written: Any) -> None:
    told = faults(written('DISCORD_TOKEN="marked\nDATELINE_LOG="json"\n'))
    assert "marked" not in "".join(told)


@pytest.mark.parametrize(("text", "fault"), [(b"DATELINE_LOG=\xff\xfe", "is not UTF-8"), (None, "cannot be read")])
def test_an_unreadable_file_is_a_fault(written: Any, tmp_path: Path, text: bytes | None, fault: str) -> None:
    path = tmp_path if text is None else written(text)  # a container makes a folder of a `.env` that was not there
    (told,) = faults(path)
    assert told.startswith(str(path))
    assert fault in told


@pytest.mark.parametrize(
    ("kept", "fault"), [(b"", "names an empty file"), (b"\xff\xfe\x00", "not text in UTF-8"), (b"a\nb", "holds U+000A")]
)
def test_a_secrets_file_that_holds_none_is_a_fault(written: Any, kept: bytes, fault: str) -> None:
    (told,) = faults(DISCORD_TOKEN_FILE=str(written(kept, "token")))
    assert fault in told


def test_a_secret_and_its_file_are_not_both_set() -> None:
    assert faults(DISCORD_TOKEN="marked-token", DISCORD_TOKEN_FILE="/run/marked") == (
        "DISCORD_TOKEN and DISCORD_TOKEN_FILE are both set: keep one of them.",
    )


@given(st.dictionaries(st.sampled_from([name for it in SETTINGS for name in it.names]), st.text(max_size=30)))
@example({"DATABASE_URL": "postgresql://[", "DISCORD_API_BASE": "http://[", "DATELINE_DATA": "\0"})
@example({"DISCORD_TOKEN_FILE": "\0", "DATELINE_LATE_HOURS": "inf"})
def test_any_values_are_read_or_named(values: dict[str, str]) -> None:
    try:
        Settings.load(values, None)
    except SettingsError as refusal:
        assert all(fault.endswith(".") for fault in refusal.faults)  # noqa: PT017  either outcome is right


# --- secrets ----------------------------------------------------------------------------------------------


def test_a_secret_shows_itself_to_reveal_alone() -> None:
    settings = load(DISCORD_TOKEN="marked-token", DATABASE_URL="postgresql://u:marked@db/news", **SLACK)
    token = settings.discord_token
    shown = [str(token), repr(token), f"{token}", f"{token!r:>9}", "%s" % token, repr(settings), str(asdict(settings))]  # noqa: UP031
    assert token.reveal() == "marked-token"
    assert "marked" not in "".join(shown)
    with pytest.raises(TypeError):
        json.dumps(token)


@pytest.mark.parametrize(
    "line",
    [
        "login with marked-token failed",
        "GET /?token=marked-token&x",
        "MARKED-TOKEN",
        f"cannot connect to {POSTGRES}",
        f"password={PASSWORD} host=db",
        f"quoted {quote(PASSWORD, safe='')} and {quote(PASSWORD)} and {quote_plus(PASSWORD)}",
        f"lower {quote(PASSWORD, safe='').lower()}",
        json.dumps({"password": PASSWORD}),
        f"Traceback: connect({PASSWORD!r})",
        "Authorization: Bearer xoxb-1-marked",
    ],
)
def test_no_secret_reaches_a_log(line: str) -> None:
    settings = load(DISCORD_TOKEN="marked-token", DATABASE_URL=POSTGRES, **SLACK)
    masked = settings.redact(line)
    assert "***" in masked
    assert not re.search(r"marked|p@ss|p%40ss|w:rd|w%3ard|rd %&", masked, re.IGNORECASE)


def test_what_is_not_ours_but_looks_secret_is_masked_too() -> None:
    settings = load()
    assert settings.redact("GET https://reader:marked@news.example/feed") == "GET https://reader:***@news.example/feed"
    assert settings.redact("token xoxp-12-marked, xapp-1-A2-marked") == "token ***, ***"


@pytest.mark.parametrize("line", ["https://news.example:8080/a@b at 09:30", "digest:7:2026-03-02T08:00 sent", ""])
def test_other_words_are_left_as_they_are(line: str) -> None:
    assert load(DISCORD_TOKEN="marked-token", DATABASE_URL="postgresql://u:at@db/n").redact(line) == line.replace(
        " at ", " *** "
    )


def test_a_fault_carries_no_secret_in_what_caused_it() -> None:
    with pytest.raises(SettingsError) as refusal:
        load(DISCORD_TOKEN="Bot marked", DATABASE_URL="postgresql://u:marked@[", DATELINE_LOG="xoxb-marked")
    assert "marked" not in str(refusal.value)
    assert refusal.value.__context__ is None


# --- .env.example -----------------------------------------------------------------------------------------


def test_the_example_is_the_table() -> None:
    assert EXAMPLE.read_text() == config.example(), "write it anew: config.example()"


def test_the_example_names_every_setting_with_its_default_and_meaning() -> None:
    found = re.findall(r"^# (.+)\n(#?)([A-Z_]+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE)
    assert [(name, default, meaning) for meaning, _, name, default in found] == [
        (it.name, it.default, it.meaning) for it in SETTINGS
    ]
    assert all(bool(hidden) == bool(default) for _, hidden, _, default in found)


def test_the_example_as_it_stands_sets_nothing() -> None:
    assert load(EXAMPLE) == load()


def test_the_example_with_every_line_taken_in_is_the_default(written: Any) -> None:
    assert load(written(re.sub(r"^#(?=[A-Z])", "", EXAMPLE.read_text(), flags=re.MULTILINE))) == load()


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_a_meaning_is_one_line(setting: config.Setting) -> None:
    assert re.fullmatch(r"[^\n]{10,118}[^\n.]", setting.meaning)

"""All settings: read once, every fault named at once, secrets never shown.

`Settings` is the one table: field, name, default, meaning and reader of each setting stand in its annotation, and
`.env.example` follows from it (`example`). The environment wins over the `.env` file; an empty value is not set;
each secret may stand in a file that `<NAME>_FILE` names. One file past 300 lines, so that the table is one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from bot.config import sources
from bot.config.secret import Secret, hide, pattern
from bot.config.shapes import (
    address,
    choice,
    contact,
    database,
    days_or_off,
    folder,
    hosts,
    hours,
    listening,
    shards,
    slack_users,
    token,
    whole,
)
from bot.config.sources import Fault, Setting
from bot.errors import SettingsError
from bot.model import join

__all__ = ["SETTINGS", "Secret", "Setting", "Settings", "example"]


@dataclass(frozen=True)
class Settings:
    """Every setting, read and checked."""

    data: Annotated[
        Path,
        Setting(
            "DATELINE_DATA",
            "~/.local/share/dateline",
            "folder of the database; where XDG_DATA_HOME is set, dateline in that",
            folder,
        ),
    ]
    database_url: Annotated[
        Secret,
        Setting(
            "DATABASE_URL",
            "",
            "postgresql://user:password@host/name or sqlite:///path; if empty, dateline.db in DATELINE_DATA",
            database,
            secret=True,
        ),
    ]
    keep_days: Annotated[
        int | None,
        Setting("DATELINE_KEEP_DAYS", "off", "days after which a stored article is forgotten; off: never", days_or_off),
    ]
    summarizer: Annotated[
        str,
        Setting(
            "DATELINE_SUMMARIZER",
            "dateline",
            "how sentences are ranked: dateline, lead, lexrank, textrank, lsa, luhn, edmundson, kl, sum-basic, reduction",
            choice(
                *("dateline", "lead", "lexrank", "textrank", "lsa", "luhn", "edmundson", "kl", "sum-basic", "reduction")
            ),
        ),
    ]
    late: Annotated[
        timedelta,
        Setting("DATELINE_LATE_HOURS", "6", "hours by which a missed digest may be late and is still posted", hours),
    ]
    unknown: Annotated[
        str,
        Setting(
            "DATELINE_UNKNOWN",
            "hold",
            "a post that may or may not have arrived: hold it and tell, or resend it and risk it twice",
            choice("hold", "resend"),
        ),
    ]
    http: Annotated[
        tuple[str, int] | None,
        Setting(
            "DATELINE_HTTP",
            "127.0.0.1:8081",
            "where health and metrics are served, without a password; off: nowhere",
            listening,
        ),
    ]
    contact: Annotated[
        str,
        Setting(
            "DATELINE_CONTACT",
            "",
            "an address or page where webmasters can reach you; it stands in the User-Agent of what is fetched",
            contact,
        ),
    ]
    first_entries: Annotated[
        int,
        Setting(
            "DATELINE_FIRST_ENTRIES",
            "20",
            "how many of its newest entries a new feed brings, as background",
            whole(0, 200, "entries"),
        ),
    ]
    allow_hosts: Annotated[
        frozenset[str],
        Setting(
            "DATELINE_ALLOW_HOSTS",
            "",
            "hosts, or host:port, that may be fetched from although they are private, separated by commas",
            hosts,
        ),
    ]
    log: Annotated[
        str,
        Setting("DATELINE_LOG", "human", "form of the log: human or json", choice("human", "json")),
    ]
    log_level: Annotated[
        str,
        Setting(
            "DATELINE_LOG_LEVEL",
            "info",
            "what is logged, from most to least: debug, info, warning, error",
            choice("debug", "info", "warning", "error"),
        ),
    ]
    discord_token: Annotated[
        Secret,
        Setting(
            "DISCORD_TOKEN",
            "",
            "the bot's token, from the application's Bot page",
            token(r"(?!xox|xapp-)[!#-&(-~]{8,}", "the token alone, without quotes, spaces or the word Bot"),
            secret=True,
        ),
    ]
    discord_api_base: Annotated[
        str,
        Setting(
            "DISCORD_API_BASE",
            "https://discord.com/api/v10",
            "Discord's HTTP interface; another address serves tests and proxies",
            address("https", "http", such="https://discord.com/api/v10"),
        ),
    ]
    discord_gateway_url: Annotated[
        str,
        Setting(
            "DISCORD_GATEWAY_URL",
            "wss://gateway.discord.gg",
            "Discord's gateway; another address serves tests and proxies",
            address("wss", "ws", such="wss://gateway.discord.gg"),
        ),
    ]
    discord_shards: Annotated[
        tuple[tuple[int, ...], int] | None,
        Setting(
            "DISCORD_SHARDS",
            "auto",
            "shards of Discord's gateway served by this process, such as 0-3/8; auto: all that Discord asks for",
            shards,
        ),
    ]
    slack_bot_token: Annotated[
        Secret,
        Setting(
            "SLACK_BOT_TOKEN",
            "",
            "the bot token (xoxb-…), from the app's OAuth & Permissions page",
            token(r"xoxb-[!#-&(-~]+", "a bot token, which starts with xoxb- (the app token has its own setting)"),
            secret=True,
        ),
    ]
    slack_app_token: Annotated[
        Secret,
        Setting(
            "SLACK_APP_TOKEN",
            "",
            "the app-level token (xapp-…) for Socket Mode, from the app's Basic Information page",
            token(
                r"xapp-[!#-&(-~]+", "an app-level token, which starts with xapp- (the bot token has its own setting)"
            ),
            secret=True,
        ),
    ]
    slack_api_base: Annotated[
        str,
        Setting(
            "SLACK_API_BASE",
            "https://slack.com/api",
            "Slack's HTTP interface; another address serves tests and proxies",
            address("https", "http", such="https://slack.com/api"),
        ),
    ]
    slack_admins: Annotated[
        frozenset[str],
        Setting(
            "SLACK_ADMINS",
            "",
            "ids of users who may set up digests besides the workspace's admins, separated by commas",
            slack_users,
        ),
    ]

    @classmethod
    def load(cls, environ: Mapping[str, str], dotenv: Path | None) -> Settings:
        """The settings of `environ`, then of the `.env` file where there is one. SettingsError names every fault."""
        written, faults = sources.dotenv(dotenv) if dotenv else ({}, [])
        faults += sources.unknown(dict.fromkeys((*environ, *written)), SETTINGS)
        values: dict[str, object] = {}
        given: set[str] = set()
        for field, setting in _FIELDS.items():
            text = ""
            try:
                found = sources.given(setting, (environ, written))
                given |= {setting.name} if found else set()
                text = sources.placed(setting, sources.text(setting, found), environ)
                values[field] = setting.read(text)
            except Fault as fault:
                faults.append(str(fault))
            except ValueError as wanted:
                shown = "has the wrong shape (it is not shown here)" if setting.secret else f'is "{hide(text)}"'
                faults.append(f"{setting.name} {shown}: write {wanted}.")
        if len(given & {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"}) == 1:
            faults.append("SLACK_BOT_TOKEN and SLACK_APP_TOKEN work only together: set both, or neither.")
        if faults:
            raise SettingsError(tuple(faults))
        return cls(**values)  # type: ignore[arg-type]  # each reader returns what its field is annotated with

    @property
    def platforms(self) -> tuple[str, ...]:
        """Platforms that have their tokens."""
        tokens = {"discord": self.discord_token, "slack": self.slack_bot_token}
        return tuple(platform for platform, token in tokens.items() if token)

    def access(self, platform: str) -> dict[str, Any]:
        """What a platform is reached with, its secrets revealed."""
        if platform == "discord":
            return {
                "token": self.discord_token.reveal(),
                "api_base": self.discord_api_base,
                "gateway_url": self.discord_gateway_url,
                "shards": self.discord_shards,
            }
        return {
            "token": self.slack_bot_token.reveal(),
            "app_token": self.slack_app_token.reveal(),
            "api_base": self.slack_api_base,
            "admins": self.slack_admins,
        }

    @property
    def database(self) -> Secret:
        """Where the store is; what follows `sqlite:///` is the file's path as it stands, nothing in it encoded."""
        return self.database_url or Secret(f"sqlite:///{self.data / 'dateline.db'}")

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """Every secret that is set."""
        values = (getattr(self, field) for field, setting in _FIELDS.items() if setting.secret)
        return tuple(value for value in values if value)

    def redact(self, text: str) -> str:
        """`text` for a log: each secret is ***, also url-encoded or escaped, and so is any password in an address."""
        return hide(text, self._masks)

    @cached_property
    def _masks(self) -> re.Pattern[str] | None:
        return pattern(self.secrets)


_FIELDS: dict[str, Setting] = {
    field: next(it for it in hint.__metadata__ if isinstance(it, Setting))
    for field, hint in get_type_hints(Settings, include_extras=True).items()
}
SETTINGS: tuple[Setting, ...] = tuple(_FIELDS.values())


# --- .env.example -----------------------------------------------------------------------------------------


def example() -> str:
    """The text of `.env.example`."""
    head = [
        "# Copy this file to .env and fill in what you need. An empty value is not set; the environment wins over .env.",
        "# A setting behind a # shows its default: take the # away to change it.",
        f"# Instead of a secret its file can be named: {join([it.names[1] for it in SETTINGS if it.secret])}.",
    ]
    lines = [f"\n# {it.meaning}\n{'#' if it.default else ''}{it.name}={it.default}" for it in SETTINGS]
    return "\n".join((*head, *lines)) + "\n"

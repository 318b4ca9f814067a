"""The log: one line an outcome, for people or as JSON, to standard error; no secret passes it."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from bot.config import Settings


class Line(logging.Formatter):
    """One line a record, JSON or for people; whatever it holds, a traceback too, passes the redaction of secrets."""

    def __init__(self, settings: Settings) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._settings = settings

    def format(self, record: logging.LogRecord) -> str:
        if self._settings.log == "human":
            return self._settings.redact(super().format(record))
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **({"traceback": self.formatException(record.exc_info)} if record.exc_info else {}),
        }
        return self._settings.redact(json.dumps(told, ensure_ascii=False))


def start(settings: Settings, *, serving: bool) -> None:
    """Log to standard error; a terminal's reader is spared what only an operator wants to know."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Line(settings))
    level = settings.log_level.upper()
    if level != "DEBUG":  # what the libraries say of themselves is for who looks into them
        for library in ("apscheduler", "discord", "slack_bolt", "slack_sdk"):
            logging.getLogger(library).setLevel(logging.ERROR)
    logging.basicConfig(level=level if serving or level == "DEBUG" else "WARNING", handlers=[handler], force=True)

"""The log: one line an outcome, for people or as JSON, to standard error; no secret passes it."""

from __future__ import annotations

import json
import logging
import sys
import threading
from datetime import UTC, datetime
from types import TracebackType

from bot.config import Settings

# what would end a line, or move a terminal's cursor: nobody's words may look like a line of ours
_UNSEEN = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))} | {0x0A: "\\n", 0x2028: "\\u2028"}


SAID = ("delivery", "outcome", "reference")  # of a record, besides its message: to search a JSON log by


class Line(logging.Formatter):
    """One line a record, JSON or for people, who get a traceback below it; all of it passes the redaction of secrets."""

    def __init__(self, settings: Settings) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._settings = settings

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  the library's name
        return super().formatMessage(record).translate(_UNSEEN)

    def format(self, record: logging.LogRecord) -> str:
        if self._settings.log == "human":
            return self._settings.redact(super().format(record))
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **{name: str(vars(record)[name]) for name in SAID if name in vars(record)},
            **({"traceback": self.formatException(record.exc_info)} if record.exc_info else {}),
        }
        # before it is escaped once more: what is masked is known in the forms that one escaping gives it
        return json.dumps({name: self._settings.redact(text) for name, text in told.items()}, ensure_ascii=False)


def start(settings: Settings, *, serving: bool) -> None:
    """Log to standard error; a terminal's reader is spared what only an operator wants to know."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Line(settings))
    level = settings.log_level.upper()
    if level != "DEBUG":  # what the libraries say of themselves is for who looks into them
        for library in ("apscheduler", "discord", "slack_bolt"):
            logging.getLogger(library).setLevel(logging.ERROR)
        logging.getLogger("slack_sdk").setLevel(logging.CRITICAL)  # what it cannot do is told in our words already
    logging.captureWarnings(capture=True)
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _uncaught
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = lambda died: _uncaught(died.exc_type, died.exc_value, died.exc_traceback)
    logging.basicConfig(level=level if serving or level == "DEBUG" else "WARNING", handlers=[handler], force=True)


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """A fault that nobody caught is logged, and so passes the redaction too."""
    if error is not None and not issubclass(kind, SystemExit):
        logging.getLogger("dateline").critical("stopped by a fault of the program", exc_info=(kind, error, trace))

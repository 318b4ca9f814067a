"""Files and records -> articles: read, cleaned, and described from what they say themselves."""

from __future__ import annotations

from pathlib import Path

from bot.ingest.cleaning import clean
from bot.ingest.files import Read, read
from bot.ingest.metadata import article, given, published

__all__ = ["Read", "article", "clean", "given", "published", "read", "seeds"]


def seeds() -> Path:
    """The folder of the articles shipped with the bot: inside the package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "seeds"
    return shipped if shipped.is_dir() else package.parent / "seeds"

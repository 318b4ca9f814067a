"""Files and records -> articles: read, cleaned, and described from what they say themselves."""

from __future__ import annotations

from bot.ingest.cleaning import clean
from bot.ingest.files import Read, read
from bot.ingest.metadata import article, given, published

__all__ = ["Read", "article", "clean", "given", "published", "read"]

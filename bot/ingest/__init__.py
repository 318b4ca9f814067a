"""Files and records -> articles: read, cleaned, and described from what they say themselves."""

from __future__ import annotations

from bot.ingest.cleaning import clean
from bot.ingest.files import Raw, Read, made, raws, read
from bot.ingest.metadata import article, given, published

__all__ = ["Raw", "Read", "article", "clean", "given", "made", "published", "raws", "read"]

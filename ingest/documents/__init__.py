"""Controlled documents: what a manual or procedure says of itself, and what disagrees in it."""

from __future__ import annotations

from ingest.facts import RecordFacts
from ingest.read.content import Content
from schemas.model import Pack


def record_of(content: Content, pack: Pack) -> RecordFacts | None:
    """The record of a controlled document, None when the file is none."""
    return None

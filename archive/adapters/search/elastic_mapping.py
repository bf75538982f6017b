"""What Elasticsearch keeps of a record; everything is said, nothing is guessed by the server."""

from __future__ import annotations

from typing import Any

FORMAT = "1"
"""Rises when fields or tokens change; an index in another format has to be rebuilt."""

_EXACT = {"type": "keyword", "doc_values": False, "norms": False}
_PAIRS = {"type": "text", "analyzer": "whitespace", "norms": False, "index_options": "positions"}
_SINGLES = {"type": "text", "analyzer": "whitespace", "norms": False, "index_options": "docs"}

MAPPINGS: dict[str, Any] = {
    "dynamic": "strict",
    "_meta": {"format": FORMAT},
    "_source": {"enabled": False},
    "properties": {
        "state": _EXACT,
        "type": {"type": "keyword"},
        "access_class": _EXACT,
        "house": _EXACT,
        "dossier": _EXACT,
        "order": {"type": "keyword", "index": False},
        "day": {"type": "integer"},
        "body": _PAIRS,
        "characters": _SINGLES,
        "title": _PAIRS,
        "title_characters": _SINGLES,
    },
}

SETTINGS: dict[str, Any] = {
    "number_of_shards": 1,
    "auto_expand_replicas": "0-1",
    "refresh_interval": "-1",
    "max_result_window": 20_000_000,
}
"""Each write refreshes by itself. Pages may begin anywhere; deep ones cost, so screens page by filters."""

"""Search engines behind archive.ports.search.SearchIndex."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from archive.adapters.search.tantivy_index import TantivyIndex
from archive.ports.search import SearchIndex


def from_url(url: str) -> SearchIndex:
    """The index that `url` names: tantivy:///folder. Nothing is touched yet. ValueError says what is wrong."""
    parts = urlsplit(url)
    if parts.scheme == "tantivy":
        if parts.netloc or not parts.path.strip("/"):
            raise ValueError("search URL: tantivy needs a folder: write tantivy:///path/of/folder")
        return TantivyIndex(Path(unquote(parts.path)))
    raise ValueError(f"search URL: unknown kind {parts.scheme!r}: write tantivy:///path/of/folder")

"""Search engines behind archive.ports.search.SearchIndex."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit, urlunsplit

from archive.adapters.search.tantivy_index import TantivyIndex
from archive.ports.search import SearchIndex

KINDS = "write tantivy:///path/of/folder or https://user:password@host:9200/?index=dangan"
_INDEX = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")


def from_url(url: str) -> SearchIndex:
    """The index that `url` names: tantivy:///folder or http(s)://[user:password@]host:port/?index=name[&ca=file].

    Nothing is touched or connected yet. ValueError says what is wrong with the URL, without its password.
    """
    parts = urlsplit(url)
    if parts.scheme == "tantivy":
        if parts.netloc or not parts.path.strip("/"):
            raise ValueError("search URL: tantivy needs a folder: write tantivy:///path/of/folder")
        if parts.query or parts.fragment:
            raise ValueError("search URL: write # and ? in a folder's name as %23 and %3F")
        return TantivyIndex(Path(unquote(parts.path)))
    if parts.scheme in ("http", "https"):
        return _elastic(parts)
    raise ValueError(f"search URL: unknown kind {parts.scheme!r}: {KINDS}")


def _elastic(parts: SplitResult) -> SearchIndex:
    # The client takes over a second to import, which every command of the embedded profile would wait for.
    from archive.adapters.search.elastic_index import ElasticIndex

    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    index, ca = options.pop("index", "dangan"), options.pop("ca", None)
    if options:
        raise ValueError(f"search URL: unknown option {sorted(options)[0]!r}: {KINDS}")
    if not _INDEX.fullmatch(index):
        raise ValueError(f"search URL: {index!r} is no index name: use a-z, 0-9, - and _")
    if not parts.hostname:
        raise ValueError(f"search URL: no host: {KINDS}")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 9200)
    except ValueError as error:
        raise ValueError(f"search URL: the port is no number: {KINDS}") from error
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    server = urlunsplit((parts.scheme, f"{host}:{port}", parts.path.rstrip("/"), "", ""))
    login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return ElasticIndex(server, index, login=login, ca=ca)

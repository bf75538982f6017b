"""Where the bytes are: a store from its address, for each of the two profiles."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from archive.adapters.store.folder import FolderStore
from archive.ports.store import BlobStore

FORMS = "folder:///path or s3://key:secret@host:port/bucket?secure=0&prefix=…"


def from_url(url: str, *, key: str | None = None, secret: str | None = None) -> BlobStore:
    """The store at DANGAN_STORE_URL. `key` and `secret` are used where the address of an S3 store names none.

    The options of an S3 address are `secure` (0 for plain HTTP, default 1), `prefix` (of all keys) and `region`.
    Raises ValueError for an address that can't be, StoreUnavailable for a folder that can't be used; an S3 server
    is asked at first use."""
    parts = urlsplit(url)
    if parts.scheme == "folder" and not parts.netloc and parts.path.startswith("/"):
        if parts.query or parts.fragment:
            raise ValueError("write # and ? in the name of the store's folder as %23 and %3F")
        return FolderStore(Path(unquote(parts.path)))
    if parts.scheme != "s3":
        raise ValueError(f"a store's address is {FORMS}")
    return _s3(parts, key, secret)


def _s3(parts: SplitResult, key: str | None, secret: str | None) -> BlobStore:
    # The client takes a second to import, which every command of the embedded profile would wait for.
    from archive.adapters.store.s3 import S3Store

    options = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    bucket = parts.path.strip("/")
    if not parts.hostname or not bucket or "/" in bucket or options.keys() - {"secure", "prefix", "region"}:
        raise ValueError(f"a store's address is {FORMS}")
    key = unquote(parts.username) if parts.username else key
    secret = unquote(parts.password) if parts.password else secret
    if not key or not secret:
        raise ValueError("an S3 store needs a key and a secret, in its address or beside it")
    return S3Store.connect(
        parts.netloc.rpartition("@")[2],
        bucket,
        key=key,
        secret=secret,
        secure=options.get("secure", "1") not in {"0", "false", "no"},
        prefix=options.get("prefix", ""),
        region=options.get("region"),
    )

"""Files that leave the archive."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Response

from archive.services.views import Download


def attachment(file: Download) -> Response:
    """A file to be saved, never shown: whatever it contains runs in nobody's browser. Name after RFC 6266."""
    name = quote(file.filename, safe="")
    return Response(
        file.content,
        media_type="application/octet-stream",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


def to_print(file: Download) -> Response:
    """A PDF that we drew ourselves, for the browser to show and print."""
    name = quote(file.filename, safe="")
    return Response(
        file.content,
        media_type="application/pdf",
        headers={"Content-Disposition": f"inline; filename*=UTF-8''{name}", "Cache-Control": "no-store"},
    )

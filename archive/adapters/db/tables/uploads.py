"""Files that come in pieces."""

from archive.adapters.db.codec import derive
from archive.domain.uploads import Upload, UploadPiece

UPLOADS = derive(
    "uploads",
    Upload,
    indexes=[("person", "state"), ("state", "touched_at")],
    removable=True,
)
PIECES = derive(
    "upload_pieces",
    UploadPiece,
    indexes=[("upload",)],
    references={"upload": "uploads.id"},
    removable=True,
)

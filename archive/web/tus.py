"""Files in pieces over HTTP: the tus 1.0 protocol (https://tus.io/protocols/resumable-upload) over archive.services.

Core, with the extensions creation, creation-with-upload, expiration, checksum (sha256) and termination. The same
routes serve pages and the API; each door brings who may file.
"""

# Annotations here name a local value, so they are not put off to strings.

import base64
import binascii
from email.utils import format_datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from archive.domain.people import Actor
from archive.domain.uploads import GRACE, Upload
from archive.services import uploads
from archive.services.errors import BadInput
from archive.web.context import web_of
from archive.web.security import Need
from archive.web.uploads import body_file

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,expiration,checksum,termination"
PIECE_TYPE = "application/offset+octet-stream"
MOST_METADATA = 8192


def routes(need: Need, path: str, **options: Any) -> APIRouter:
    """The protocol's routes below `path` for people whom `need` lets in."""
    router = APIRouter(**options)
    filer = Annotated[Actor, Depends(need)]

    @router.options(path, status_code=204)
    def able(request: Request, actor: filer) -> Response:
        """What this server can: version, extensions, and the largest file in bytes (Tus-Max-Size)."""
        most = uploads.limits(web_of(request).archive, actor)
        return _told(
            204,
            {
                "Tus-Version": VERSION,
                "Tus-Extension": EXTENSIONS,
                "Tus-Max-Size": str(most),
                "Tus-Checksum-Algorithm": "sha256",
            },
        )

    @router.post(path, status_code=201)
    def begin(request: Request, actor: filer) -> Response:
        """Announce a file: Upload-Length in bytes, and in Upload-Metadata (key, base64) its `name`, and if wanted
        `batch`, `folder`, `type`, `house`, and `sha256` (hex) of the whole. A body of the type
        application/offset+octet-stream is its first piece. Answers Location; go on there with PATCH."""
        archive, said = web_of(request).archive, _announced(request)
        sent = request.headers.get("content-type", "").partition(";")[0] == PIECE_TYPE
        if sent and said.size and _whole(request, said.size):
            upload = uploads.send_whole(archive, actor, said, body_file(request), _checksum(request))
        else:
            upload = uploads.begin(archive, actor, said)
            if sent and upload.state == "open":
                upload = uploads.append(archive, actor, upload.id, 0, body_file(request), _checksum(request))
        where = f"{request.url.path.rstrip('/')}/{upload.id}"
        return _told(201, {"Location": where, **_state(upload)})

    @router.head(f"{path}/{{id}}")
    def ask(request: Request, actor: filer, id: str) -> Response:
        """How many bytes are here (Upload-Offset), of how many (Upload-Length). Upload-State is open, joining, done
        or refused; Upload-Intake the received file once it is done."""
        upload = uploads.find(web_of(request).archive, actor, id)
        return _told(200, {**_state(upload), "Upload-Length": str(upload.size)})

    @router.patch(f"{path}/{{id}}", status_code=204)
    def append(request: Request, actor: filer, id: str) -> Response:
        """The next piece as body, from Upload-Offset on; 204 means that it is durable. 409 when the upload stands
        elsewhere (ask with HEAD), 460 when the piece is not what Upload-Checksum says."""
        if request.headers.get("content-type", "").partition(";")[0] != PIECE_TYPE:
            raise BadInput(f"内容类型须是 {PIECE_TYPE}。", code="bad_input")
        offset = _number(request, "upload-offset")
        archive = web_of(request).archive
        upload = uploads.append(archive, actor, id, offset, body_file(request), _checksum(request))
        return _told(204, _state(upload))

    @router.delete(f"{path}/{{id}}", status_code=204)
    def cancel(request: Request, actor: filer, id: str) -> Response:
        """Forget what has arrived."""
        uploads.cancel(web_of(request).archive, actor, id)
        return _told(204, {})

    return router


def _told(status: int, headers: dict[str, str]) -> Response:
    return Response(
        status_code=status, headers={"Tus-Resumable": VERSION, "Cache-Control": "no-store", **headers}
    )


def _state(upload: Upload) -> dict[str, str]:
    told = {
        "Upload-Offset": str(upload.offset),
        "Upload-State": upload.state,
        "Upload-Batch": upload.batch,
    }
    if upload.state == "open":
        told["Upload-Expires"] = format_datetime(upload.touched_at + GRACE, usegmt=True)
    if upload.intake:
        told["Upload-Intake"] = upload.intake
    return told


def _announced(request: Request) -> uploads.Announced:
    said = _metadata(request.headers.get("upload-metadata", ""))
    return uploads.Announced(
        name=said.get("name") or said.get("filename", ""),
        size=_number(request, "upload-length"),
        batch=said.get("batch", ""),
        folder=said.get("folder", ""),
        sha256=said.get("sha256", ""),
        wanted_type=said.get("type") or None,
        wanted_house=said.get("house") or None,
    )


def _metadata(header: str) -> dict[str, str]:
    """Keys with base64 values, separated by commas."""
    if len(header) > MOST_METADATA:
        raise BadInput("Upload-Metadata 太长。", code="bad_input")
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode(errors="replace").replace("\0", "")
        except binascii.Error as error:
            raise BadInput("Upload-Metadata 的值须是 Base64。", code="bad_input") from error
    return found


def _number(request: Request, name: str) -> int:
    text = request.headers.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise BadInput(f"{name} 须是字节数。", code="bad_input")
    return int(text)


def _whole(request: Request, size: int) -> bool:
    return request.headers.get("content-length") == str(size)


def _checksum(request: Request) -> str:
    """The SHA-256 (hex) that the sender says of this piece; empty when it says none."""
    algorithm, _, value = request.headers.get("upload-checksum", "").partition(" ")
    if not algorithm:
        return ""
    try:
        digest = base64.b64decode(value, validate=True)
    except binascii.Error:
        digest = b""
    if algorithm != "sha256" or len(digest) != 32:
        raise BadInput("Upload-Checksum 须是 sha256 加 Base64。", code="bad_checksum")
    return digest.hex()

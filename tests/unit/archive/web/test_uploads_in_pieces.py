"""Files in pieces: by the tus protocol, from any process, proved at the end, and one's own alone."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import httpx
import pytest

from archive.domain.people import OPERATOR
from archive.domain.records import Intake
from archive.domain.uploads import GRACE, Upload, UploadPiece
from archive.ports.store import StoreUnavailable
from archive.services import uploads, work
from archive.services.errors import Away, BadInput, Clash, NotFound, Refused
from archive.services.intake import clean_folder, clean_name
from archive.services.uploads import Announced
from tests.builders import Town, an_archive
from tests.unit.archive.web.conftest import Browser, Site

Person = Callable[[str], Browser]
Bearer = Callable[[str], httpx.Client]
DATA = random.Random(1).randbytes(300_000)
PIECE = "application/offset+octet-stream"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return an_archive(tmp_path / "home").with_people()


def metadata(**said: str) -> str:
    return ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in said.items())


def begun(client: httpx.Client, size: int, **said: str) -> str:
    answer = client.post(
        "/api/v1/uploads", headers={"Upload-Length": str(size), "Upload-Metadata": metadata(**said)}
    )
    assert answer.status_code == 201
    return answer.headers["location"]


def patch(client: httpx.Client, where: str, offset: int, data: bytes, **headers: str) -> httpx.Response:
    head = {"Content-Type": PIECE, "Upload-Offset": str(offset), **headers}
    return client.patch(where, content=data, headers=head)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# Over HTTP


def test_a_file_arrives_in_pieces_and_is_proved(site: Site, bearer: Bearer) -> None:
    client = bearer("archivist")
    where = begun(client, len(DATA), name="验房.jpg", folder="3栋/1203", batch="pieces", sha256=sha256(DATA))
    assert patch(client, where, 0, DATA[:100_000]).headers["upload-offset"] == "100000"
    asked = client.head(where)
    assert (asked.headers["upload-offset"], asked.headers["upload-length"]) == ("100000", "300000")
    assert "upload-expires" in asked.headers
    last = patch(client, where, 100_000, DATA[100_000:])
    assert (last.status_code, last.headers["upload-state"]) == (204, "done")
    told = client.get(f"/api/v1/intake/{last.headers['upload-intake']}").json()
    assert (told["name"], told["sha256"], told["size"]) == ("验房.jpg", sha256(DATA), len(DATA))
    with site.archive.store.open_received(sha256(DATA)) as kept:
        assert kept.read() == DATA
    with site.archive.uow() as uow:
        item = uow.get(Intake, told["id"])
    assert item is not None
    assert item.folder == "3栋/1203"
    assert list(site.archive.store.list_pieces()) == []


def test_a_small_file_comes_with_its_announcement(bearer: Bearer) -> None:
    digest = base64.b64encode(hashlib.sha256(b"small").digest()).decode()
    headers = {
        "Upload-Length": "5",
        "Upload-Metadata": metadata(name="a.txt"),
        "Content-Type": PIECE,
        "Upload-Checksum": f"sha256 {digest}",
    }
    answer = bearer("archivist").post("/api/v1/uploads", headers=headers, content=b"small")
    assert (answer.status_code, answer.headers["upload-state"]) == (201, "done")
    wrong = bearer("archivist").post("/api/v1/uploads", headers=headers, content=b"smalL")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (460, "checksum_mismatch")


def test_a_wrong_place_is_answered_and_nothing_is_kept(bearer: Bearer) -> None:
    client = bearer("archivist")
    where = begun(client, 10, name="a")
    wrong = patch(client, where, 3, b"xyz")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (409, "wrong_offset")
    assert patch(client, where, 0, b"0123").status_code == 204
    assert patch(client, where, 0, b"0123").status_code == 409
    too_much = patch(client, where, 4, b"45678910")
    assert (too_much.status_code, too_much.json()["error"]["code"]) == (422, "too_large")
    bad = base64.b64encode(b"\0" * 32).decode()
    altered = patch(client, where, 4, b"456789", **{"Upload-Checksum": f"sha256 {bad}"})
    assert (altered.status_code, altered.json()["error"]["code"]) == (460, "checksum_mismatch")
    assert client.head(where).headers["upload-offset"] == "4"
    assert patch(client, where, 4, b"456789").headers["upload-state"] == "done"


def test_the_whole_is_held_against_what_its_sender_said(bearer: Bearer) -> None:
    client = bearer("archivist")
    where = begun(client, 4, name="a", sha256=sha256(b"good"))
    assert patch(client, where, 0, b"evil").headers["upload-state"] == "refused"


def test_another_person_can_neither_ask_nor_go_on_nor_cancel(site: Site, bearer: Bearer) -> None:
    where = begun(bearer("archivist"), 10, name="a")
    other = Announced("b", 3)
    mine = uploads.begin(site.archive, OPERATOR, other)
    client = bearer("archivist")
    theirs = f"/api/v1/uploads/{mine.id}"
    assert client.head(theirs).status_code == 404
    assert patch(client, theirs, 0, b"abc").status_code == 404
    assert client.delete(theirs).status_code == 404
    assert patch(bearer("staff"), where, 0, b"abc").status_code == 403
    assert patch(httpx.Client(base_url=client.base_url), where, 0, b"abc").status_code == 401


def test_a_cancelled_upload_leaves_nothing(site: Site, bearer: Bearer) -> None:
    client = bearer("archivist")
    where = begun(client, 10, name="a")
    patch(client, where, 0, b"0123")
    assert client.delete(where).status_code == 204
    assert client.head(where).status_code == 404
    assert where.rpartition("/")[2] not in {name for name, _ in site.archive.store.list_pieces()}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Upload-Length": "-1"},
        {"Upload-Length": "many"},
        {"Upload-Length": "９"},
        {"Upload-Length": "9" * 30},
        {"Upload-Length": "5", "Upload-Metadata": "name !!!"},
        {"Upload-Length": "5", "Upload-Metadata": "x" * 9000},
        {"Upload-Length": "5", "Upload-Metadata": metadata(sha256="no")},
        {"Upload-Length": "5", "Upload-Metadata": metadata(type="no_such_type")},
        {"Upload-Length": str(3 * 1024**3)},
    ],
)
def test_bad_announcements_are_refused(bearer: Bearer, headers: dict[str, str]) -> None:
    raw = {k: v.encode() for k, v in headers.items()}
    answer = bearer("archivist").post("/api/v1/uploads", headers=raw)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] in {"bad_input", "bad_checksum", "unknown_type", "too_large"}


def test_what_the_server_can_is_told(bearer: Bearer) -> None:
    told = bearer("archivist").options("/api/v1/uploads").headers
    assert (told["tus-version"], told["tus-max-size"]) == ("1.0.0", str(2 * 1024**3))


def test_a_page_needs_its_form_token(site: Site, browser: Person) -> None:
    archivist = browser("archivist")
    head = {"Upload-Length": "3", "Upload-Metadata": metadata(name="p.txt"), "Accept": "application/json"}
    refused = archivist.client.post("/intake/uploads", headers=head)
    assert refused.json()["error"]["code"] == "form_expired"
    head["X-CSRF-Token"] = archivist.csrf
    where = archivist.client.post("/intake/uploads", headers=head).headers["location"]
    assert "p.txt" in archivist.get("/intake").text, "listed as not finished"
    archivist.post(f"{where}/forget")
    assert "p.txt" not in archivist.get("/intake").text


def test_hostile_names_never_reach_a_path(site: Site, bearer: Bearer, shared: Path) -> None:
    names = json.loads((shared / "samples/open/awkward/upload_names.json").read_text(encoding="utf-8"))
    before = set(site.archive.home.rglob("*"))
    for n, one in enumerate(names):
        data = f"hostile name {n}".encode()
        name = one["name"].encode("utf-8", "surrogatepass").decode(errors="replace")
        where = begun(bearer("archivist"), len(data), name=name, folder=name, batch="names")
        got = patch(bearer("archivist"), where, 0, data)
        item = bearer("archivist").get(f"/api/v1/intake/{got.headers['upload-intake']}").json()
        assert item["name"] == clean_name(name)
        assert not set(item["name"]) & set("/\\\0\n\u202e")
        assert len(item["name"]) <= 255
    for path in set(site.archive.home.rglob("*")) - before:
        assert all(part.isascii() for part in path.relative_to(site.archive.home).parts)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("3栋/1203", "3栋/1203"),
        ("../../etc", "etc"),
        ("/abs//x/./y/", "abs/x/y"),
        ("a\\..\\b", "a/b"),
        ("", ""),
        ("x\u202ey/\0z", "xy/z"),
    ],
)
def test_folders_are_only_shown(given: str, shown: str) -> None:
    assert clean_folder(given) == shown


# The use case


def test_two_senders_of_one_place_can_not_both_win(town: Town) -> None:
    archive, who = town.archive, town.who["archivist"]
    upload = uploads.begin(archive, who, Announced("a", 6))

    class Slow(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if not self.tell():
                uploads.append(archive, who, upload.id, 0, BytesIO(b"fi"))
            return super().read(size)

    with pytest.raises(Clash) as late:
        uploads.append(archive, who, upload.id, 0, Slow(b"seco"))
    assert late.value.code == "wrong_offset"
    done = uploads.append(archive, who, upload.id, 2, BytesIO(b"rst!"))
    with archive.uow() as uow:
        item = uow.get(Intake, done.intake or "")
    assert item is not None
    assert item.sha256 == sha256(b"first!")


def test_a_large_file_is_put_together_by_a_worker(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "AT_ONCE", 5)
    archive, who = town.archive, town.who["archivist"]
    upload = uploads.begin(archive, who, Announced("big.txt", 11))
    uploads.append(archive, who, upload.id, 0, BytesIO(b"hello "))
    assert uploads.append(archive, who, upload.id, 6, BytesIO(b"world")).state == "joining"
    town.works()
    assert uploads.find(archive, who, upload.id).state == "done"
    with archive.uow() as uow:
        assert [i.sha256 for i in uow.list(Intake)] == [sha256(b"hello world")]


def test_a_process_that_dies_before_joining_loses_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, who = town.archive, town.who["archivist"]
    upload = uploads.begin(archive, who, Announced("a.txt", 3))
    with monkeypatch.context() as dying:
        dying.setattr(uploads, "join", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            uploads.append(archive, who, upload.id, 0, BytesIO(b"abc"))
    assert work.resend_waiting(archive) == 0
    town.clock.forward(minutes=2)
    assert work.resend_waiting(archive) == 1
    town.works()
    assert uploads.find(archive, who, upload.id).state == "done"
    assert uploads.join(archive, upload.id) is None
    with archive.uow() as uow:
        assert uow.count(Intake) == 1


def test_a_piece_altered_on_disk_is_noticed(town: Town) -> None:
    archive, who = town.archive, town.who["archivist"]
    upload = uploads.begin(archive, who, Announced("a.txt", 6))
    uploads.append(archive, who, upload.id, 0, BytesIO(b"abc"))
    (piece,) = (archive.home / "store" / "pieces" / upload.id).iterdir()
    piece.chmod(0o600)
    piece.write_bytes(b"abX")
    last = uploads.append(archive, who, upload.id, 3, BytesIO(b"def"))
    assert (last.state, last.problem) == ("refused", "checksum_mismatch")


def test_a_store_that_is_away_says_so_and_the_upload_goes_on_later(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, who = town.archive, town.who["archivist"]
    upload = uploads.begin(archive, who, Announced("a.txt", 3))

    def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("gone")

    with monkeypatch.context() as patched:
        patched.setattr(type(archive.store), "keep_piece", away)
        with pytest.raises(Away):
            uploads.append(archive, who, upload.id, 0, BytesIO(b"abc"))
    assert uploads.append(archive, who, upload.id, 0, BytesIO(b"abc")).state == "done"


def test_abandoned_uploads_are_swept_after_their_grace(town: Town) -> None:
    archive, who = town.archive, town.who["archivist"]
    old = uploads.begin(archive, who, Announced("old", 6))
    uploads.append(archive, who, old.id, 0, BytesIO(b"abc"))
    town.clock.forward(seconds=GRACE.total_seconds() - 60)
    young = uploads.begin(archive, who, Announced("young", 6))
    uploads.append(archive, who, young.id, 0, BytesIO(b"abc"))
    assert uploads.sweep(archive) == 0
    town.clock.forward(minutes=2)
    assert uploads.sweep(archive) == 1
    with archive.uow() as uow:
        assert [u.id for u in uow.list(Upload)] == [young.id]
        assert uow.count(UploadPiece) == 1
    assert [name for name, _ in archive.store.list_pieces()] == [young.id]
    with pytest.raises(NotFound):
        uploads.find(archive, who, old.id)


def test_pieces_that_no_row_knows_are_swept(town: Town) -> None:
    archive = town.archive
    archive.store.keep_piece("f" * 32, BytesIO(b"left behind"), max_size=100)
    town.clock.at = max(at for _, at in archive.store.list_pieces())
    assert uploads.sweep(archive) == 0
    town.clock.forward(days=1, seconds=5)
    assert uploads.sweep(archive) == 1
    assert list(archive.store.list_pieces()) == []


def test_only_who_may_file_may_send(town: Town) -> None:
    with pytest.raises(Refused):
        uploads.begin(town.archive, town.who["staff"], Announced("a", 3))


def test_an_empty_file_is_whole_at_once(town: Town) -> None:
    assert uploads.begin(town.archive, town.who["archivist"], Announced("a", 0)).state == "done"


def test_the_limit_is_the_setting(town: Town) -> None:
    small = replace(town.archive, max_upload=10)
    with pytest.raises(BadInput) as error:
        uploads.begin(small, OPERATOR, Announced("a", 11))
    assert error.value.code == "too_large"

"""What every BlobStore must do. An adapter brings a Place: stores on one root, its raw files and a download."""

from __future__ import annotations

import hashlib
import io
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest

from archive.adapters.store import ocfl
from archive.ports.store import (
    Altered,
    BlobStore,
    NewVersion,
    NotStored,
    Piece,
    Received,
    VersionConflict,
)

NOON = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
HOSTILE_IDS = [
    "../../../etc/passwd",
    "/etc/passwd",
    ".",
    "..",
    "a/b\\c",
    "con",
    "业主档案:3栋2单元1203",
    "urn:dangan:record:" + "x" * 200,
    "业" * 150,
    "a\nb\0c",
    "%2e%2e%2f",
    "' OR 1=1 --<script>",
]
HOSTILE_PATHS = [
    "",
    "/",
    "/etc/passwd",
    "../outside",
    "a/../../outside",
    "a/./b",
    "a//b",
    "a/",
    ".",
    "..",
    "a\\..\\b",
    "a\0b",
    "a\nb",
    "\ud800",
    "x" * 256,
    "y/" * 260 + "y",
]


class Place(Protocol):
    """Where a store under test keeps its bytes."""

    def open(self) -> BlobStore:
        """A store on this root; each call is like another process."""

    def raw(self, object_id: str) -> Mapping[str, bytes]:
        """Every raw file of an object, by path below it."""

    def damage(self, object_id: str, name: str, data: bytes | None) -> None:
        """Change a raw file behind the store's back; None removes it."""

    def download(self, target: Path) -> Path:
        """The OCFL storage root as a folder."""


def version(
    object_id: str, number: int = 1, files: Mapping[str, bytes | Path | Received] | None = None
) -> NewVersion:
    content = {"metadata.json": f"{object_id} {number}".encode()} if files is None else files
    return NewVersion(object_id, number, content, NOON + timedelta(days=number), f"filed {number}", "李工")


def passes_outside_validator(root: Path) -> str:
    """What ocfl-py's own program says against a storage root; empty when it is valid."""
    program = Path(sys.executable).with_name("ocfl-validate.py")
    run = subprocess.run([sys.executable, program, str(root)], capture_output=True, text=True)
    said = run.stdout + run.stderr
    return "" if run.returncode == 0 and "INVALID" not in said else said or "no reason given"


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run in threads that start together; answers results or exceptions."""
    start, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(n: int) -> None:
        start.wait()
        try:
            results[n] = calls[n]()  # type: ignore[call-overload]
        except Exception as error:
            results[n] = error  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(results)


class BlobStoreContract:
    """A subclass brings the fixture `place`."""

    @pytest.fixture
    def store(self, place: Place) -> BlobStore:
        return place.open()

    # The receiving area

    @pytest.mark.parametrize("size", [0, 1, 5000, (1 << 20) + 1, 17 << 20])
    def test_received_bytes_come_back_by_their_hash(self, store: BlobStore, size: int) -> None:
        data = random.Random(size).randbytes(size)
        got = store.receive(io.BytesIO(data), max_size=size)
        assert got == Received(hashlib.sha256(data).hexdigest(), size)
        with store.open_received(got.sha256) as stream:
            assert stream.read() == data

    def test_equal_bytes_are_received_once(self, store: BlobStore) -> None:
        first, second = (store.receive(io.BytesIO(b"same"), max_size=10) for _ in range(2))
        assert first == second
        assert [r for r, _ in store.list_received()] == [first]

    def test_receiving_says_when(self, store: BlobStore) -> None:
        before = datetime.now(UTC) - timedelta(seconds=2)
        store.receive(io.BytesIO(b"now"), max_size=10)
        [(_, came)] = store.list_received()
        assert before <= came <= datetime.now(UTC) + timedelta(seconds=2)

    def test_too_many_bytes_leave_nothing(self, store: BlobStore) -> None:
        with pytest.raises(ValueError, match="more than 4 bytes"):
            store.receive(io.BytesIO(b"12345"), max_size=4)
        assert list(store.list_received()) == []

    def test_a_source_that_breaks_off_leaves_nothing_and_says_so_itself(self, store: BlobStore) -> None:
        class Broken(io.BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                if self.tell():
                    raise ConnectionResetError("the client went away")
                return super().read(3)

        with pytest.raises(ConnectionResetError):
            store.receive(Broken(b"12345"), max_size=10)
        assert list(store.list_received()) == []

    def test_dropped_bytes_are_gone_and_dropping_again_is_no_error(self, store: BlobStore) -> None:
        got = store.receive(io.BytesIO(b"drop"), max_size=10)
        store.drop_received(got.sha256)
        store.drop_received(got.sha256)
        with pytest.raises(NotStored):
            store.open_received(got.sha256)

    @pytest.mark.parametrize("name", ["", "0" * 64, "../ocfl/0=ocfl_1.1", "A" * 64, "0" * 63])
    def test_what_was_not_received_is_not_there(self, store: BlobStore, name: str) -> None:
        store.drop_received(name)
        with pytest.raises(NotStored):
            store.open_received(name)

    # Pieces of files under way

    def test_pieces_come_back_and_are_forgotten_together(self, store: BlobStore, place: Place) -> None:
        upload, other = "0" * 31 + "1", "0" * 31 + "2"
        first = store.keep_piece(upload, io.BytesIO(b"one"), max_size=10)
        second = place.open().keep_piece(upload, io.BytesIO(b"two"), max_size=3)
        store.keep_piece(other, io.BytesIO(b"else"), max_size=10)
        assert (first.sha256, first.size) == (hashlib.sha256(b"one").hexdigest(), 3)
        assert first.name != second.name
        for piece, data in ((first, b"one"), (second, b"two")):
            with place.open().open_piece(piece) as stream:
                assert stream.read() == data
        assert {name for name, _ in store.list_pieces()} == {upload, other}
        store.drop_pieces(upload)
        store.drop_pieces(upload)
        assert [name for name, _ in store.list_pieces()] == [other]
        with pytest.raises(NotStored):
            store.open_piece(first)
        assert list(store.list_received()) == []

    def test_a_large_piece_comes_back(self, store: BlobStore) -> None:
        data = random.Random(5).randbytes((9 << 20) + 5)
        piece = store.keep_piece("a" * 32, io.BytesIO(data), max_size=len(data))
        with store.open_piece(piece) as stream:
            assert stream.read() == data

    def test_pieces_say_when(self, store: BlobStore) -> None:
        before = datetime.now(UTC) - timedelta(seconds=2)
        store.keep_piece("b" * 32, io.BytesIO(b"now"), max_size=10)
        [(_, came)] = store.list_pieces()
        assert before <= came <= datetime.now(UTC) + timedelta(seconds=2)

    def test_too_many_bytes_leave_no_piece(self, store: BlobStore) -> None:
        with pytest.raises(ValueError, match="more than 4 bytes"):
            store.keep_piece("c" * 32, io.BytesIO(b"12345"), max_size=4)
        assert list(store.list_pieces()) == []

    @pytest.mark.parametrize("name", ["", "..", "../x", "A" * 32, "a" * 31, "a" * 32 + "/.."])
    def test_names_that_are_not_ours_are_refused(self, store: BlobStore, name: str) -> None:
        with pytest.raises(ValueError, match="32 hex digits"):
            store.keep_piece(name, io.BytesIO(b"x"), max_size=4)
        with pytest.raises(ValueError, match="32 hex digits"):
            store.open_piece(Piece("a" * 32, name, "", 1))
        with pytest.raises(ValueError, match="32 hex digits"):
            store.drop_pieces(name)

    # Writing and reading

    def test_a_version_comes_back(self, store: BlobStore, tmp_path: Path) -> None:
        scan = tmp_path / "scan"
        scan.write_bytes(b"%PDF" * 1000)
        got = store.receive(io.BytesIO(b"received"), max_size=10)
        files = {"metadata.json": b"{}", "original.pdf": scan, "pages/第1页.txt": got, "empty": b""}
        store.put([version("r1", 1, files)])
        for path, data in {
            "metadata.json": b"{}",
            "original.pdf": b"%PDF" * 1000,
            "pages/第1页.txt": b"received",
            "empty": b"",
        }.items():
            assert store.read("r1", 1, path) == data
            with store.open("r1", 1, path) as stream:
                assert stream.read() == data
                assert stream.seek(0) == 0
        [stored] = store.versions("r1")
        assert (stored.number, stored.created, stored.message, stored.person) == (
            1,
            NOON + timedelta(days=1),
            "filed 1",
            "李工",
        )
        assert [(f.path, f.size, f.sha512) for f in stored.files] == [
            (path, len(data), hashlib.sha512(data).hexdigest())
            for path, data in sorted(
                {
                    "metadata.json": b"{}",
                    "original.pdf": b"%PDF" * 1000,
                    "pages/第1页.txt": b"received",
                    "empty": b"",
                }.items()
            )
        ]
        assert store.verify("r1") == ()

    def test_large_received_bytes_are_copied_whole(self, store: BlobStore) -> None:
        data = random.Random(7).randbytes(17 << 20)
        got = store.receive(io.BytesIO(data), max_size=len(data))
        store.put([version("large", 1, {"original.bin": got})])
        store.drop_received(got.sha256)
        with store.open("large", 1, "original.bin") as stream:
            assert hashlib.file_digest(stream, "sha256").hexdigest() == got.sha256
        assert store.verify("large") == ()

    def test_equal_content_is_stored_once(self, store: BlobStore, place: Place) -> None:
        one, two = random.Random(1).randbytes(3000), random.Random(2).randbytes(3000)
        store.put([version("r1", 1, {"a": one, "b": one})])
        store.put([version("r1", 2, {"a": one, "c": two})])
        store.put([version("r1", 3, {"d": two, "e": one})])
        contents = [name for name in place.raw("r1") if "/content/" in name]
        assert len(contents) == 2
        assert store.read("r1", 3, "e") == one
        assert store.read("r1", 1, "b") == one

    def test_older_versions_stay(self, store: BlobStore) -> None:
        for number in (1, 2, 3):
            store.put([version("r1", number)])
        assert [v.number for v in store.versions("r1")] == [1, 2, 3]
        assert [store.read("r1", n, "metadata.json") for n in (1, 2, 3)] == [b"r1 1", b"r1 2", b"r1 3"]

    def test_several_objects_and_versions_in_one_call(self, store: BlobStore) -> None:
        store.put([version("a", 1), version("b", 1), version("a", 2), version("a", 3), version("c", 1)])
        assert sorted(store.object_ids()) == ["a", "b", "c"]
        assert [v.number for v in store.versions("a")] == [1, 2, 3]
        assert [store.verify(i) for i in "abc"] == [(), (), ()]

    def test_the_same_version_again_does_nothing(self, store: BlobStore, place: Place) -> None:
        store.put([version("r1", 1), version("r1", 2)])
        before = place.raw("r1")
        store.put([version("r1", 1)])
        store.put([version("r1", 1), version("r1", 2)])
        assert place.raw("r1") == before

    def test_a_version_never_changes(self, store: BlobStore) -> None:
        store.put([version("r1", 1), version("r1", 2)])
        for number in (1, 2):
            with pytest.raises(VersionConflict):
                store.put([version("r1", number, {"metadata.json": b"other"})])
        assert store.read("r1", 2, "metadata.json") == b"r1 2"
        assert store.verify("r1") == ()

    def test_a_version_follows_its_predecessor(self, store: BlobStore) -> None:
        with pytest.raises(VersionConflict):
            store.put([version("r1", 2)])
        store.put([version("r1", 1)])
        with pytest.raises(VersionConflict):
            store.put([version("r1", 3)])
        assert len(store.versions("r1")) == 1

    def test_received_bytes_that_are_gone_stop_the_version(self, store: BlobStore) -> None:
        with pytest.raises(NotStored):
            store.put([version("r1", 1, {"metadata.json": b"{}", "original.pdf": Received("0" * 64, 1)})])
        assert store.versions("r1") == ()
        assert list(store.object_ids()) == []

    def test_a_version_without_files_is_one(self, store: BlobStore) -> None:
        store.put([version("r1", 1, {}), version("r1", 2)])
        assert store.versions("r1")[0].files == ()
        assert store.verify("r1") == ()

    def test_what_is_not_there_is_not_stored(self, store: BlobStore) -> None:
        store.put([version("r1", 1)])
        for object_id, number, path in [
            ("r1", 1, "other"),
            ("r1", 2, "metadata.json"),
            ("r1", 0, "metadata.json"),
            ("r1", -1, "metadata.json"),
            ("r2", 1, "metadata.json"),
            ("", 1, "metadata.json"),
            ("r1", 1, "../inventory.json"),
        ]:
            with pytest.raises(NotStored):
                store.read(object_id, number, path)
            with pytest.raises(NotStored):
                store.open(object_id, number, path)
        assert store.versions("r2") == ()

    def test_another_store_on_the_root_sees_everything(self, store: BlobStore, place: Place) -> None:
        got = store.receive(io.BytesIO(b"x"), max_size=1)
        store.put([version("r1", 1)])
        other = place.open()
        assert other.read("r1", 1, "metadata.json") == b"r1 1"
        assert [r for r, _ in other.list_received()] == [got]
        other.put([version("r1", 2)])
        assert len(store.versions("r1")) == 2

    # Hostile names

    @pytest.mark.parametrize("object_id", HOSTILE_IDS)
    def test_hostile_ids_are_only_names(self, store: BlobStore, place: Place, object_id: str) -> None:
        store.put([version(object_id), version(object_id, 2)])
        assert list(store.object_ids()) == [object_id]
        assert store.read(object_id, 2, "metadata.json") == f"{object_id} 2".encode()
        assert store.verify(object_id) == ()
        store.destroy(object_id)
        assert list(store.object_ids()) == []

    @pytest.mark.parametrize("object_id", ["", "x" * 501, "\ud800"])
    def test_what_can_be_no_id_is_refused(self, store: BlobStore, object_id: str) -> None:
        with pytest.raises(ValueError, match="object id"):
            store.put([NewVersion(object_id, 1, {"a": b"1"}, NOON, "", "")])

    @pytest.mark.parametrize("path", HOSTILE_PATHS)
    def test_hostile_logical_paths_are_refused(self, store: BlobStore, path: str) -> None:
        with pytest.raises(ValueError, match="logical path"):
            store.put([version("good", 1), version("r1", 1, {path: b"x"})])
        assert list(store.object_ids()) == []

    @pytest.mark.parametrize(
        "path", ["-rf", "con", "a:b", "~", "$(x)", "a*?", "合同 <b>.docx", "x" * 255, "a" * 100]
    )
    def test_odd_logical_paths_are_kept_but_become_no_file_names(
        self, store: BlobStore, place: Place, path: str
    ) -> None:
        store.put([version("r1", 1, {path: b"x"})])
        assert store.read("r1", 1, path) == b"x"
        for name in place.raw("r1"):
            assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=")

    def test_a_path_is_not_a_file_and_a_folder(self, store: BlobStore) -> None:
        with pytest.raises(ValueError, match="file and a folder"):
            store.put([version("r1", 1, {"a": b"1", "a/b": b"2"})])

    def test_times_need_a_zone_and_versions_count_from_one(self, store: BlobStore) -> None:
        with pytest.raises(ValueError, match="time zone"):
            store.put([NewVersion("r1", 1, {}, datetime(2026, 1, 1), "", "")])
        with pytest.raises(ValueError, match="count from 1"):
            store.put([version("r1", 0)])

    # Several writers

    def test_of_different_writers_one_wins(self, store: BlobStore, place: Place) -> None:
        for number in (1, 2, 3):
            stores = [place.open() for _ in range(4)]
            results = at_once(
                *(
                    lambda n=n, s=s, v=number: s.put(
                        [version("r1", v, {"a": b"%d" % n, "b": b"same %d" % v})]
                    )
                    for n, s in enumerate(stores)
                )
            )
            assert [r for r in results if not isinstance(r, VersionConflict)] == [None]
            winner = results.index(None)
            assert store.read("r1", number, "a") == b"%d" % winner
            assert store.verify("r1") == ()

    def test_equal_writers_all_succeed(self, store: BlobStore, place: Place) -> None:
        stores = [place.open() for _ in range(4)]
        for number in (1, 2):
            assert at_once(*(lambda s=s, v=number: s.put([version("r1", v)]) for s in stores)) == [None] * 4
        assert [v.number for v in store.versions("r1")] == [1, 2]
        assert store.verify("r1") == ()

    def test_writers_of_many_objects_do_not_hinder_each_other(self, store: BlobStore, place: Place) -> None:
        def write(start: int) -> None:
            mine = place.open()
            for n in range(start, start + 12, 3):
                mine.put([version(f"r{k}", 1) for k in range(n, n + 3)])

        assert at_once(*(lambda s=s: write(s) for s in (0, 100, 200, 300))) == [None] * 4
        assert len(list(store.object_ids())) == 48

    # Destroying

    def test_destroyed_is_gone(self, store: BlobStore, place: Place) -> None:
        store.put([version("r1", 1), version("r1", 2), version("r1 more", 1), version("r", 1)])
        store.destroy("r1")
        store.destroy("r1")
        assert place.raw("r1") == {}
        assert store.versions("r1") == ()
        assert sorted(store.object_ids()) == ["r", "r1 more"]
        with pytest.raises(NotStored):
            store.read("r1", 1, "metadata.json")
        assert [d.code for d in store.verify("r1")] == ["missing"]
        store.put([version("r1", 1, {"a": b"anew"})])
        assert store.read("r1", 1, "a") == b"anew"
        assert store.verify("r1 more") == ()

    # Damage

    def test_damage_is_found(self, store: BlobStore, place: Place) -> None:
        store.put([version("r1", 1), version("r1", 2)])
        content = next(name for name in place.raw("r1") if name.startswith("v2/content/"))
        found: list[tuple[str, tuple[str, ...]]] = []
        for name, data in [
            (content, b"altered"),
            (content, None),
            ("v1/inventory.json", b"{}"),
            ("v1/inventory.json.sha512", None),
            ("v2/inventory.json", b"{}"),
            ("0=ocfl_object_1.1", b"else"),
            ("inventory.json.sha512", b"0 inventory.json\n"),
            ("inventory.json", b"[]"),
            ("inventory.json", None),
            ("v1/content/stray", b"stray"),
        ]:
            before = place.raw("r1").get(name)
            place.damage("r1", name, data)
            found.append((name, tuple(d.code for d in store.verify("r1"))))
            place.damage("r1", name, before)
        assert found == [
            (content, ("altered",)),
            (content, ("missing",)),
            ("v1/inventory.json", ("altered", "altered")),
            ("v1/inventory.json.sha512", ("missing",)),
            ("v2/inventory.json", ("altered", "altered")),
            ("0=ocfl_object_1.1", ("altered",)),
            ("inventory.json.sha512", ("altered",)),
            ("inventory.json", ("invalid",)),
            ("inventory.json", ("missing",)),
            ("v1/content/stray", ("orphan",)),
        ]
        assert store.verify("r1") == ()

    def test_altered_bytes_are_never_read_as_good(self, store: BlobStore, place: Place) -> None:
        store.put([version("r1", 1)])
        place.damage("r1", next(n for n in place.raw("r1") if "/content/" in n), b"altered")
        with pytest.raises(Altered):
            store.read("r1", 1, "metadata.json")

    # Others can read it

    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_an_outside_validator_passes_any_history(
        self, store: BlobStore, place: Place, tmp_path: Path, seed: int
    ) -> None:
        chance, model = random.Random(seed), dict[str, list[dict[str, bytes]]]()
        for _ in range(25):
            batch: list[NewVersion] = []
            for _ in range(chance.randint(1, 3)):
                object_id = chance.choice(["业主档案/1", "b:2", "c" * 150, "d", "e"])
                versions = model.setdefault(object_id, [])
                paths = chance.sample(
                    ["metadata.json", "original.pdf", "text/1.txt", "text/2.txt"], chance.randint(0, 4)
                )
                files = {path: chance.choice([b"", b"one", b"two", chance.randbytes(50)]) for path in paths}
                versions.append(files)
                batch.append(version(object_id, len(versions), files))
            store.put(batch)
            if chance.random() < 0.15:
                object_id = chance.choice(list(model))
                del model[object_id]
                store.destroy(object_id)
        assert sorted(store.object_ids()) == sorted(model)
        for object_id, versions in model.items():
            for number, files in enumerate(versions, 1):
                assert {path: store.read(object_id, number, path) for path in files} == files
        assert passes_outside_validator(place.download(tmp_path / "download")) == ""

    def test_a_store_that_answers_is_well(self, store: BlobStore) -> None:
        store.ping()

    def test_every_raw_path_is_what_the_layout_says(
        self, store: BlobStore, place: Place, tmp_path: Path
    ) -> None:
        store.put([version("r1", 1)])
        root = place.download(tmp_path / "download")
        assert (root / ocfl.object_path("r1") / "inventory.json").is_file()
        assert sorted(p.name for p in root.iterdir() if len(p.name) != 3) == sorted(
            ["0=ocfl_1.1", "extensions", "ocfl_layout.json"]
        )

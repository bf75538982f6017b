"""What an S3 server must do beyond the port, so that the store can lean on it."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path

import pytest

from archive.adapters.store import s3
from archive.adapters.store.s3 import S3Store
from archive.ports.store import NotStored, StoreUnavailable
from tests.contracts.blob_store import passes_outside_validator, version
from tests.contracts.s3_place import S3Place


class S3StoreContract:
    def test_the_bucket_keeps_versions_and_refuses_to_delete_locked_ones(self, place: S3Place) -> None:
        store = place.open()
        assert store.lock_works()
        bucket = place.bucket()
        assert bucket.client.get_bucket_versioning(bucket.name).status == "Enabled"

    def test_a_second_canary_is_no_trouble(self, place: S3Place) -> None:
        assert place.open().lock_works()
        assert place.open().lock_works()

    def test_a_bucket_without_lock_is_told(self, place: S3Place) -> None:
        bucket = place.bucket()
        bucket.client.make_bucket(f"{bucket.name}-plain-{place.url[-6:-1]}")
        plain = S3Store(bucket.client, f"{bucket.name}-plain-{place.url[-6:-1]}")
        assert plain.lock_works() is False
        plain.put([version("r1")])
        plain.destroy("r1")
        assert list(plain._ready().entries("ocfl/" + "r")) == []
        assert plain.verify("r1")[0].code == "missing"

    def test_destroying_leaves_no_old_version_of_any_key(self, place: S3Place) -> None:
        store = place.open()
        got = store.receive(io.BytesIO(b"secret"), max_size=10)
        store.put([version("r1", 1, {"a": got}), version("r1", 2)])
        store.put([version("r1", 3)])
        bucket = place.bucket()
        assert len(bucket._versions("ocfl/")) > len(list(bucket.entries("ocfl/")))
        store.destroy("r1")
        store.drop_received(got.sha256)
        left = [key.removeprefix(bucket.prefix) for key, _ in bucket._versions("")]
        assert sorted(left) == sorted(f"ocfl/{p}" for p in s3.ocfl.root_files())

    def test_a_locked_version_stops_destruction_and_says_so(self, place: S3Place) -> None:
        store, bucket = place.open(), place.bucket()
        store.put([version("r1", 1)])
        key = next(e.key for e in bucket.entries("ocfl/") if "/content/" in e.key)
        full = bucket.prefix + key
        bucket.client.enable_object_legal_hold(bucket.name, full)
        with pytest.raises(StoreUnavailable, match="refuses to delete"):
            store.destroy("r1")
        bucket.client.disable_object_legal_hold(bucket.name, full)
        store.destroy("r1")
        assert place.raw("r1") == {}

    def test_wrong_keys_are_said_plainly_without_the_secret(self, place: S3Place) -> None:
        from archive.adapters.store import from_url

        wrong = place.url.replace("dangan-test-secret", "wrong-secret")
        with pytest.raises(StoreUnavailable) as caught:
            from_url(wrong).ping()
        assert "wrong-secret" not in str(caught.value)

    @pytest.mark.parametrize("step", range(1, 8))
    def test_a_writer_that_dies_leaves_what_was_and_can_begin_again(
        self, place: S3Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
    ) -> None:
        """The process is gone at its n-th write of the second version; then the job runs again with other bytes."""
        place.open().put([version("r1", 1, {"a": b"one"})])
        dying, calls = place.open(), 0
        bucket = dying._ready()
        put = bucket.put

        def die(*args: object, **kwargs: object) -> str:
            nonlocal calls
            calls += 1
            if calls >= step:
                raise KeyboardInterrupt
            return put(*args, **kwargs)  # type: ignore[arg-type]

        with monkeypatch.context() as patch:
            patch.setattr(bucket, "put", die)
            with pytest.raises(KeyboardInterrupt):
                dying.put([version("r1", 2, {"a": b"attempt 1"})])
        fresh = place.open()
        assert fresh.read("r1", 1, "a") == b"one"
        assert len(fresh.versions("r1")) == 1
        fresh.put([version("r1", 2, {"a": b"attempt 2"})])
        assert fresh.read("r1", 2, "a") == b"attempt 2"
        assert fresh.verify("r1") == ()
        assert passes_outside_validator(place.download(tmp_path / "download")) == ""

    @pytest.mark.parametrize("old", [True, False])
    def test_opening_puts_right_what_dead_writers_left(
        self, place: S3Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: bool
    ) -> None:
        store = place.open()
        store.put([version("r1", 1)])
        dying = place.open()
        bucket = dying._ready()
        put = bucket.put

        def die(key: str, data: bytes, **condition: object) -> str:
            if condition:
                raise KeyboardInterrupt
            return put(key, data)

        with monkeypatch.context() as patch:
            patch.setattr(bucket, "put", die)
            with pytest.raises(KeyboardInterrupt):
                dying.put([version("r1", 2), version("r2", 1)])
        if old:
            time.sleep(1.1)
            monkeypatch.setattr(s3, "ABANDONED", s3.timedelta(seconds=0))
        fresh = place.open()
        assert sorted(fresh.object_ids()) == ["r1"]
        marks = list(fresh._ready().entries("staging/"))
        if not old:
            [mark] = marks
            assert sorted(json.loads(bucket.get(mark.key)[0])) == ["r1", "r2"]
            return
        assert marks == []
        assert fresh.verify("r1") == ()
        assert place.raw("r2") == {}
        assert passes_outside_validator(place.download(tmp_path / "download")) == ""

    def test_received_bytes_that_someone_else_put_there_are_not_trusted(self, place: S3Place) -> None:
        store, bucket = place.open(), place.bucket()
        bucket.put(f"received/{'0' * 64}", b"not what it says")
        with pytest.raises(NotStored):
            store.open_received("0" * 64)
        with pytest.raises(NotStored):
            store.put([version("r1", 1, {"a": s3.Received("0" * 64, 16)})])

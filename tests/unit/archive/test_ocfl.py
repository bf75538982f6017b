"""OCFL without I/O: layout and inventories, held against ocfl-py where that has an answer."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ocfl.layout_0003_hash_and_id_n_tuple import Layout_0003_Hash_And_Id_N_Tuple

from archive.adapters.store import ocfl
from archive.adapters.store.ocfl import Inventory
from archive.ports.store import Altered, NewVersion, VersionConflict

IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=ocfl.MAX_ID)
PATHS = st.lists(
    st.sampled_from(["a", "b.txt", "页 1.tif", "-", "c:d", "x" * 200]), min_size=1, max_size=2
).map("/".join)
FILES = st.dictionaries(PATHS, st.binary(max_size=3), max_size=4).filter(
    lambda files: not any(a != b and b.startswith(a + "/") for a in files for b in files)
)


def digest(data: bytes) -> str:
    return hashlib.sha512(data).hexdigest()


def grown(histories: list[dict[str, bytes]]) -> Inventory:
    """An inventory with these versions, planned one after the other."""
    inventory = Inventory("urn:x")
    for number, files in enumerate(histories, 1):
        new = NewVersion("urn:x", number, files, datetime(2026, 1, number, tzinfo=UTC), "filed", "李")
        ocfl.check_version(new)
        planned = inventory.plan(new, {path: digest(data) for path, data in files.items()})
        assert planned is not None
        inventory = planned
    return inventory


@given(IDS)
def test_objects_lie_where_an_outside_library_looks_for_them(object_id: str) -> None:
    layout = Layout_0003_Hash_And_Id_N_Tuple()
    config = json.loads(ocfl.root_files()[f"extensions/{ocfl.LAYOUT}/config.json"])
    layout.check_and_set_layout_params(config)
    assert ocfl.object_path(object_id) == layout.identifier_to_path(object_id)


@given(IDS)
def test_a_folder_tells_its_id_unless_it_was_cut(object_id: str) -> None:
    name = ocfl.object_path(object_id).rsplit("/", 1)[1]
    assert ocfl.id_of_folder(name) in {object_id, None if len(name) > 100 else object_id}
    assert len(name.encode()) <= 165


@given(st.lists(FILES, min_size=1, max_size=4))
def test_an_inventory_is_read_back_equal_and_finds_every_file(histories: list[dict[str, bytes]]) -> None:
    inventory = grown(histories)
    assert Inventory.parse(inventory.encode(), "urn:x") == inventory
    for number, files in enumerate(histories, 1):
        assert inventory.at(number) == grown(histories[:number])
        for path, data in files.items():
            found = inventory.find(number, path)
            assert found is not None
            assert found[1] == digest(data)
            assert digest(data)[:32] in found[0]
    assert len(set(inventory.contents.values())) == len(inventory.contents)


def test_only_the_next_version_can_be_planned() -> None:
    inventory = grown([{"a": b"1"}, {"a": b"2"}])
    noon = datetime(2026, 1, 1, tzinfo=UTC)
    again = NewVersion("urn:x", 1, {"a": b"1"}, noon, "", "")
    assert inventory.plan(again, {"a": digest(b"1")}) is None
    for number, data in [(1, b"2"), (2, b"1"), (4, b"3")]:
        with pytest.raises(VersionConflict):
            inventory.plan(NewVersion("urn:x", number, {}, noon, "", ""), {"a": digest(data)})


def test_times_are_kept_in_utc() -> None:
    beijing = datetime(2026, 3, 5, 1, 30, tzinfo=timezone(timedelta(hours=8)))
    planned = Inventory("urn:x").plan(NewVersion("urn:x", 1, {}, beijing, "m", ""), {})
    assert planned is not None
    said = json.loads(planned.encode())["versions"]["v1"]
    assert said["created"] == "2026-03-04T17:30:00Z"
    assert said["user"]["name"] == "-"
    assert Inventory.parse(planned.encode()).versions[0].person == ""


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (("head",), "v9"),
        (("digestAlgorithm",), "md5"),
        (("contentDirectory",), "data"),
        (("id",), "urn:other"),
        (("versions",), {}),
        (("versions",), []),
        (("manifest",), {}),
        (("versions", "v1", "created"), "yesterday"),
        (("versions", "v1", "user"), None),
        (("versions", "v1", "state"), {"0": ["a"]}),
    ],
)
def test_what_is_no_inventory_of_ours_is_refused(at: tuple[str, ...], value: object) -> None:
    said = json.loads(grown([{"a": b"1"}]).encode())
    place = said
    for name in at[:-1]:
        place = place[name]
    place[at[-1]] = value
    with pytest.raises(Altered):
        Inventory.parse(json.dumps(said).encode(), "urn:x")


@pytest.mark.parametrize(
    "path", ["../../etc/passwd", "v1/content/../../x", "/etc/passwd", "v1/content/", "x", ""]
)
def test_an_inventory_points_at_nothing_outside_its_object(path: str) -> None:
    said = json.loads(grown([{"a": b"1"}]).encode())
    said["manifest"] = {name: [path] for name in said["manifest"]}
    with pytest.raises(Altered):
        Inventory.parse(json.dumps(said).encode(), "urn:x")


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(Altered):
        Inventory.parse(data)

"""Every door held to the matrix of rights: what authorize answers is what pages, API and services really do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from archive.domain.access_model import AccessRequest, Grant
from archive.domain.matrix import DOORS, Situation, grants_in, opens
from archive.domain.people import Actor
from archive.domain.records import Record, RecordState
from archive.services import copies, desk, reading, search
from archive.services.errors import NotFound, Refused
from schemas import load_pack
from tests.builders import NOON, Town, an_archive

PACK = load_pack()
WORD = "碧波荡漾的水"
SITUATIONS = tuple(Situation)


def of_class(code: str) -> str:
    """A record type of this access class that needs no grade and no person of its own."""
    return next(
        t.code
        for t in PACK.record_types.values()
        if t.access_class == code
        and t.dossier in ("none", "owner_file", "register_quarter")
        and not any(f.required and f.role == "grade" for f in t.fields)
    )


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    made = an_archive(Path(tmp_path_factory.mktemp("doors")) / "home")
    for role in PACK.roles:
        made.with_person(role, role)
    return made.with_house("3栋2单元1203", owner="示例一", since="2020-01-01")


@pytest.fixture(scope="module")
def records(town: Town) -> dict[str, Record]:
    """A filed record of each class."""
    found = {}
    for code in PACK.access_classes:
        record = town.files(
            of_class(code), house="3栋2单元1203", owner="示例一", text=f"{WORD} {code} {'字' * 40}"
        )
        assert record.access_class == code
        found[code] = record
    town.works()
    return found


def passes(door: Callable[[], object]) -> bool:
    """Whether something came through; a refusal and a "not found" shut alike, anything else is a fault."""
    try:
        return bool(door())
    except (Refused, NotFound):
        return False


def doors(town: Town, actor: Actor, record: Record) -> dict[str, Callable[[], object]]:
    archive = town.archive

    def hit() -> search.Hit | None:
        return next((h for h in search.search(archive, actor, WORD).hits if h.record == record.id), None)

    def snippet() -> bool:
        found = hit()
        return found is not None and found.snippet is not None

    return {
        "hit": hit,
        "snippet": snippet,
        "facet": lambda: record.type in search.search(archive, actor, WORD).by_type,
        "view": lambda: reading.open_record(archive, actor, record.id).rights.open,
        "old_version": lambda: reading.page_image(archive, actor, record.id, 1, 1, 400),
        "page_image": lambda: reading.page_image(archive, actor, record.id, record.version, 1, 1000),
        "thumbnail": lambda: reading.page_image(archive, actor, record.id, record.version, 1, 100),
        "text": lambda: reading.record_text(archive, actor, record.id),
        "original": lambda: reading.download(archive, actor, record.id).content,
        "copy": lambda: copies.watermarked_copy(archive, actor, record.id, version=record.version).content,
        "desk": lambda: desk.page_image(archive, actor, record.id, 1, 400),
    }


def with_grants(town: Town, actor: Actor, record: Record, situation: Situation) -> None:
    """Put the grants of a situation into the archive, as if a manager had given them."""
    with town.archive.uow(write=True) as uow:
        for grant in grants_in(situation, record, actor.id, NOON):
            key = f"{grant.id}-{actor.name}"
            other = town.who["archivist" if actor.name == "staff" else "staff"].id
            reader = other if situation is Situation.BORROWED else actor.id
            request = AccessRequest(key, reader, grant.target_kind, grant.target, "核对", 1, "approved", NOON)
            kept = replace(grant, id=key, request=key, reader=reader)
            uow.add(request, kept)
        uow.commit()


def without_grants(town: Town) -> None:
    """End every grant, so that the next situation starts without."""
    with town.archive.uow(write=True) as uow:
        for grant in uow.list(Grant, revoked_at=None):
            uow.put(replace(grant, revoked_at=NOON))
        uow.commit()


@pytest.mark.parametrize(("access_class", "situation"), list(product(PACK.access_classes, SITUATIONS)))
def test_the_doors_open_as_the_matrix_says(
    town: Town, records: dict[str, Record], access_class: str, situation: Situation
) -> None:
    record = records[access_class]
    wrong = []
    for role in PACK.roles:
        actor = town.who[role]
        with_grants(town, actor, record, situation)
        found = doors(town, actor, record)
        assert set(found) == set(DOORS)
        for door, act in found.items():
            expected = opens(PACK, role, door, access_class, RecordState.FILED, situation)
            if passes(act) != expected:
                wrong.append(f"{role} {door}: {'shut' if expected else 'open'}")
        without_grants(town)
    assert not wrong

"""Builders that speak the domain: an archive in a folder, with people, houses and filed records.

town = an_archive(tmp_path).with_people().with_house("3栋2单元1203", owner="示例一")
record = town.files("owner_card", house="3栋2单元1203", owner="示例一", day=date(2024, 3, 6))
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

from archive.bootstrap import FONT, Settings, open_archive, read_settings
from archive.domain.people import OPERATOR, Actor
from archive.domain.records import Intake, Record
from archive.services import deciding, intake, people, upkeep, work
from archive.services.archive import Archive
from archive.services.estate_import import import_estate
from ingest.reader import Reader

PASSWORD = "long-enough-1"
ESTATE = "测试苑"
NOON = datetime(2026, 3, 6, 4, 0, tzinfo=UTC)
"""12:00 in Shanghai."""
ROLES = ("archivist", "manager", "staff", "auditor", "administrator")


class SetClock:
    """A clock that stands until a test moves it."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def today(self) -> date:
        return (self.at + timedelta(hours=8)).date()

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Town:
    """An archive with its people; every method acts through the use cases."""

    archive: Archive
    clock: SetClock
    settings: Settings
    who: dict[str, Actor] = field(default_factory=dict)

    def with_people(self) -> Town:
        for role in ROLES:
            self.with_person(role, role)
        return self

    def with_person(self, name: str, *roles: str) -> Town:
        people.add_person(
            self.archive, OPERATOR, name=name, display_name=f"示例{name}", roles=roles, password=PASSWORD
        )
        self.who[name] = people.actor_named(self.archive, name)
        return self

    def with_house(
        self, house: str, owner: str = "", since: str = "", until: str = "", estate_name: str = ESTATE
    ) -> Town:
        rows = f"estate,house,owner,from,to,phone\n{estate_name},{house},{owner},{since},{until},\n"
        answers = import_estate(self.archive, OPERATOR, BytesIO(rows.encode()), "houses.csv")
        assert all(a["state"] != "refused" for a in answers), answers
        return self

    def receives(self, content: bytes, name: str = "paper.txt", **wanted: str) -> Intake:
        """One file received and waiting."""
        return intake.receive_file(self.archive, OPERATOR, BytesIO(content), name, batch="test", **wanted)

    def works(self) -> Town:
        """Everything that waits is done, also what had to wait a while."""
        while True:
            while work.work_here(self.archive, "test"):
                pass
            if not work.unfinished(self.archive):
                return self
            self.clock.forward(minutes=30)

    def item(self, item: Intake) -> Intake:
        with self.archive.uow() as uow:
            found = uow.get(Intake, item.id)
        assert found is not None
        return found

    def record(self, record_id: str) -> Record:
        with self.archive.uow() as uow:
            found = uow.get(Record, record_id)
        assert found is not None
        return found

    def records_of(self, item: Intake) -> list[Record]:
        return [self.record(r) for r in self.item(item).records]

    def files(
        self,
        kind: str,
        *,
        house: str | None = None,
        owner: str | None = None,
        day: date = date(2026, 3, 1),
        text: str = "",
        **fields: str,
    ) -> Record:
        """A record as a person at the desk files it."""
        words = text or f"件 {kind} {house} {owner} {day} {len(self.texts)}"
        self.texts.append(words)
        waiting = self.receives(words.encode())
        self.works()
        (record,) = self.records_of(waiting)
        if record.state.value != "to_verify":
            raise AssertionError(f"{record.state} {record.problems}")
        filed = deciding.accept(
            self.archive,
            self.who.get("archivist", OPERATOR),
            record.id,
            type=kind,
            house=house,
            owner=owner,
            date=day,
            fields=fields,
        )
        self.works()
        return filed

    texts: list[str] = field(default_factory=list)


@cache
def shared_reader() -> Reader:
    """One reading child for the whole run: starting it takes longer than most tests."""
    return Reader(font=FONT)


def an_archive(folder: Path, **engines: str) -> Town:
    """An empty archive in `folder`, at a standing clock; `engines` are settings beside DANGAN_HOME."""
    settings = read_settings({"DANGAN_HOME": str(folder), **engines})
    clock = SetClock()
    archive = replace(open_archive(settings, create=True), clock=clock, reader=shared_reader)
    upkeep.create_archive(archive)
    return Town(archive, clock, settings)

"""What the README promises: its commands run as written, and the sample papers that `make run` brings are filed."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from archive.bootstrap import open_archive, read_settings
from archive.cli.main import COMMANDS
from archive.domain.keeping import RecordedEvent
from archive.domain.people import OPERATOR
from archive.domain.records import Dossier, Intake, Record
from archive.services import demo, keeping, work
from archive.services.archive import Archive
from tests.e2e.clone import SERVE, Clone
from tests.servers.base import PROJECT

READMES = ("README.md", "README.zh-CN.md")
PAGES = (*READMES, "CHANGELOG.md", *sorted(f"docs/{p.name}" for p in (PROJECT / "docs").glob("*.md")))
READY_SECONDS, READ_SECONDS, TOUR_SECONDS = 180, 420, 400

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]

Papers = dict[tuple[str, int], Record]


def text_of(page: str) -> str:
    return (PROJECT / page).read_text(encoding="utf-8")


def blocks(readme: str) -> list[str]:
    """What stands in the fenced `sh` blocks, in order."""
    return re.findall(r"^```sh\n(.*?)^```$", text_of(readme), re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    running = Clone(tmp_path_factory.mktemp("clone"))
    running.serve()
    try:
        running.wait_for("Dangan is ready", READY_SECONDS)
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def archive(clone: Clone) -> Archive:
    """The archive that is being served, seen from beside."""
    return open_archive(read_settings({**os.environ, "DANGAN_HOME": str(clone.home)}))


@pytest.fixture(scope="module")
def papers(archive: Archive) -> Papers:
    """The records of the sample papers once the workers have read them, by file name and first page."""
    over = time.monotonic() + READ_SECONDS
    while work.unfinished(archive):
        assert time.monotonic() < over, "the sample papers are not read yet"
        time.sleep(1)
    with archive.uow() as uow:
        items = uow.list(Intake, batch=demo.BATCH, order=("id",), limit=100)
        found = [(i.original_name, uow.get(Record, r)) for i in items for r in i.records]
    return {(name, record.source_pages[0]): record for name, record in found if record is not None}


@pytest.mark.parametrize("readme", READMES)
@pytest.mark.usefixtures("papers")
def test_the_tour_runs_as_written(clone: Clone, readme: str) -> None:
    first, *tour = blocks(readme)
    assert first == SERVE
    assert len(tour) >= 8
    done = clone.run("\n".join(tour), TOUR_SECONDS)
    assert done.returncode == 0, done.stderr + done.stdout[-2000:]
    for seen in ("enquiry.txt: ", "XH-KF-07", "3-2-1203", "绝密", "ok:"):
        assert seen in done.stdout, seen


def test_the_logins_and_the_address_are_printed(clone: Clone) -> None:
    assert f"http://127.0.0.1:{clone.env['PORT']}/" in clone.said
    for name in ("archivist", "manager", "staff", "auditor", "administrator"):
        assert f"{name} / {demo.PASSWORD}" in clone.said


def test_both_languages_have_the_same_commands() -> None:
    english, chinese = (blocks(readme) for readme in READMES)
    assert english == chinese


@pytest.mark.parametrize("page", PAGES)
def test_commands_that_are_named_exist(page: str) -> None:
    named = set(re.findall(r"(?:^|[`/])dangan ([a-z]+)", text_of(page), re.MULTILINE))
    assert named <= COMMANDS.keys()


def filed(
    years_ago: int, month: int, day: int, type: str, house: str | None, owner: str | None
) -> dict[str, Any]:
    year = date.today().year - years_ago
    return {"type": type, "house_key": house, "owner": owner, "record_date": date(year, month, day)}


EXPECTED = {
    ("XH-KF-07 钥匙借用管理规程 A0.docx", 1): filed(3, 2, 1, "controlled_document", None, None),
    ("XH-KF-07 钥匙借用管理规程 A1.docx", 1): filed(2, 3, 15, "controlled_document", None, None),
    ("XH-KF-07 钥匙借用管理规程 B0.docx", 1): filed(1, 6, 1, "controlled_document", None, None),
    ("电话咨询.txt", 1): filed(1, 8, 21, "enquiry_record", "2-1-902", "例春燕"),
    ("停水通知.pdf", 1): filed(1, 9, 17, "notice", None, None),
    ("入住资料_5幢602.pdf", 1): filed(4, 3, 15, "owner_card", "5-602", "例家豪"),
    ("入住资料_5幢602.pdf", 2): filed(4, 3, 15, "temporary_covenant", "5-602", "例家豪"),
    ("入住资料_5幢602.pdf", 3): filed(4, 3, 15, "house_inspection", "5-602", "例家豪"),
    ("前期物业管理服务协议_5幢602.pdf", 1): filed(
        4, 3, 15, "preliminary_service_agreement", "5-602", "例家豪"
    ),
    ("业主资料卡_原业主.tif", 1): filed(8, 3, 12, "owner_card", "3-2-1203", "例海川"),
    ("业主资料卡_3-2-1203.jpg", 1): filed(4, 5, 20, "owner_card", "3-2-1203", "例一鸣"),
    ("装修申请_A座1208.jpg", 1): filed(1, 4, 2, "renovation_application", "A-1208", "例少华"),
    ("动火证.jpg", 1): filed(1, 4, 19, "hot_work_permit", "A-1208", "例少华"),
    ("整改通知_A座1208.jpg", 1): filed(1, 5, 9, "violation_rectification_notice", "A-1208", "例少华"),
    ("违章记录0506.jpg", 1): filed(2, 5, 6, "violation_record", "2-1-601", "样志明"),
    ("违章记录_重大.jpg", 1): filed(2, 9, 3, "violation_record", "B-905", "例美玲"),
    ("回访记录0218.jpg", 1): filed(3, 2, 18, "callback_record", "1-2-502", "示海生"),
    ("钥匙借用登记.png", 1): filed(1, 8, 3, "key_loan_register", None, None),
    ("值班记录1106.jpg", 1): filed(1, 11, 6, "duty_log", None, None),
}
UNGRADED = ("违章记录_未写性质.jpg", 1)


@pytest.mark.parametrize("paper", EXPECTED, ids=lambda p: f"{p[0]} {p[1]}")
def test_a_paper_is_filed_without_a_person(papers: Papers, paper: tuple[str, int]) -> None:
    record = papers[paper]
    assert record.problems == ()
    assert record.state == "filed"
    assert {name: getattr(record, name) for name in EXPECTED[paper]} == EXPECTED[paper]


def test_the_violation_without_a_grade_waits_at_the_desk(papers: Papers) -> None:
    record = papers[UNGRADED]
    assert record.state == "to_verify"
    assert {"field_missing"} <= {p["code"] for p in record.problems} <= {"field_missing", "field_unclear"}
    assert set(papers) == {*EXPECTED, UNGRADED}


def test_a_sold_house_has_two_files(papers: Papers, archive: Archive) -> None:
    former, present = papers["业主资料卡_原业主.tif", 1], papers["业主资料卡_3-2-1203.jpg", 1]
    assert former.house == present.house
    assert former.tenure != present.tenure
    with archive.uow() as uow:
        codes = {d.code for d in uow.list(Dossier, id=(former.dossier, present.dossier))}
    assert len(codes) == 2


def test_retention_has_something_to_show(papers: Papers, archive: Archive) -> None:
    report = keeping.sweep(archive, OPERATOR, dry_run=True)
    due = {(line.type, line.outcome) for line in report.lines}
    assert due == {("owner_card", "review"), ("callback_record", "due"), ("violation_record", "due")}
    with archive.uow() as uow:
        assert uow.count(RecordedEvent, target=tuple(r.id for r in papers.values()), type="closed") == 2

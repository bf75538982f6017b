"""The contract of UnitOfWork. A subclass brings `make`: what receives hints about new jobs → a factory of
units over one empty, migrated database."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.domain.access_model import AccessRequest, Grant, Reading
from archive.domain.audit_model import AuditEntry, Event
from archive.domain.checkpoints import Checkpoint
from archive.domain.documents import Document, Revision
from archive.domain.estate import House, Tenure
from archive.domain.jobs import LEASE, MAX_ATTEMPTS, Job, JobState, Setting, WorkerBeat
from archive.domain.keeping import Hold, RecordedEvent, Sweep
from archive.domain.paper import Loan, Paper, Place
from archive.domain.people import Person, PersonState, Session
from archive.domain.records import Dossier, Intake, Record, RecordState, Version, VersionText
from archive.ports.unit_of_work import (
    NOT_NULL,
    After,
    AtLeast,
    AtMost,
    Conflict,
    Contains,
    StartsWith,
    UnitOfWorkFactory,
)
from tests.contracts.domain_values import NOON, any_value, dossier, house, job, later, record, version

KINDS: tuple[type, ...] = (
    AccessRequest,
    Checkpoint,
    Document,
    Dossier,
    Grant,
    Hold,
    House,
    Intake,
    Job,
    Loan,
    Paper,
    Person,
    Place,
    Reading,
    Record,
    RecordedEvent,
    Revision,
    Session,
    Setting,
    Sweep,
    Tenure,
    Version,
    VersionText,
    WorkerBeat,
)

Make = Callable[[Callable[[Sequence[str]], None]], UnitOfWorkFactory]


def save(units: UnitOfWorkFactory, *values: object) -> None:
    with units(write=True) as unit:
        unit.add(*values)
        unit.commit()


class UnitOfWorkContract:
    @pytest.fixture
    def hints(self) -> list[str]:
        return []

    @pytest.fixture
    def units(self, make: Make, hints: list[str]) -> UnitOfWorkFactory:
        return make(hints.extend)

    # Values

    @pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_every_value_comes_back_equal(
        self, units: UnitOfWorkFactory, kind: type, data: st.DataObject
    ) -> None:
        value, other = data.draw(any_value(kind)), data.draw(any_value(kind))
        with units(write=True) as unit:
            unit.add(value)
            assert unit.get(kind, value.id) == value
            if kind is Checkpoint:
                with pytest.raises(Conflict, match="only ever appended"):
                    unit.put(value)
                return
            changed = replace(other, id=value.id)
            unit.put(changed)
            assert unit.get(kind, value.id) == changed
            assert unit.list(kind) == [changed]

    def test_instants_come_back_in_utc(self, units: UnitOfWorkFactory) -> None:
        beijing = datetime.fromisoformat("2026-03-05T23:30:00.000001+08:00")
        save(units, record("r", filed_at=beijing))
        with units() as unit:
            found = unit.get(Record, "r")
        assert found is not None
        assert found.filed_at.isoformat() == "2026-03-05T15:30:00.000001+00:00"

    def test_a_naive_instant_is_refused(self, units: UnitOfWorkFactory) -> None:
        with units(write=True) as unit, pytest.raises(ValueError, match="time zone"):
            unit.add(record("r", filed_at=datetime(2026, 3, 5)))

    @pytest.mark.parametrize("title", ["a\x00b", "a\ud800b"])
    def test_text_that_no_database_holds_is_refused(self, units: UnitOfWorkFactory, title: str) -> None:
        with units(write=True) as unit, pytest.raises(ValueError, match=r"NUL|surrogate"):
            unit.add(record("r", title=title))

    def test_long_text_is_stored_where_it_is_looked_up_too(self, units: UnitOfWorkFactory) -> None:
        number = "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(20_000))
        save(units, record("r", number=number, house_key=number, title=number))
        with units() as unit:
            assert [found.id for found in unit.list(Record, number=number)] == ["r"]

    def test_a_number_that_no_column_holds_is_refused(self, units: UnitOfWorkFactory) -> None:
        with units(write=True) as unit, pytest.raises(ValueError, match="cannot be stored"):
            unit.add(record("r", pages=2**63))

    def test_what_is_not_there_is_none(self, units: UnitOfWorkFactory) -> None:
        with units() as unit:
            assert unit.get(Record, "nothing") is None

    # Transactions

    def test_without_commit_nothing_stays(self, units: UnitOfWorkFactory, hints: list[str]) -> None:
        with units(write=True) as unit:
            unit.add(record("r"))
            unit.audit(Event.RECORD_FILED, actor="a", subject="r", at=NOON)
            unit.enqueue(job("j"))
            unit.next_change()
        with units() as unit:
            assert (unit.count(Record), unit.count(Job), unit.audit_size()) == (0, 0, 0)
        with units(write=True) as unit:
            assert unit.next_change() == 1
        assert hints == []

    def test_an_error_leaves_nothing(self, units: UnitOfWorkFactory) -> None:
        with contextlib.suppress(ZeroDivisionError), units(write=True) as unit:
            unit.add(record("r"))
            raise ZeroDivisionError
        with units() as unit:
            assert unit.count(Record) == 0

    def test_reading_units_do_not_write(self, units: UnitOfWorkFactory) -> None:
        with units() as unit, pytest.raises(RuntimeError, match="write=True"):
            unit.add(record("r"))

    def test_after_commit_the_unit_is_closed(self, units: UnitOfWorkFactory) -> None:
        with units(write=True) as unit:
            unit.commit()
            with pytest.raises(RuntimeError, match="closed"):
                unit.count(Record)

    def test_a_reader_sees_one_state_throughout(self, units: UnitOfWorkFactory) -> None:
        save(units, record("r1"))
        with units() as unit:
            assert unit.count(Record) == 1
            save(units, record("r2"))
            assert unit.count(Record) == 1
            assert unit.get(Record, "r2") is None
        with units() as unit:
            assert unit.count(Record) == 2

    def test_readers_do_not_wait_for_a_writer(self, units: UnitOfWorkFactory) -> None:
        with units(write=True) as writer:
            writer.add(record("r"))
            started = time.monotonic()
            with units() as reader:
                assert reader.count(Record) == 0
            assert time.monotonic() - started < 1

    def test_what_a_writer_read_is_true_when_it_commits(self, units: UnitOfWorkFactory) -> None:
        """Read, wait, add one: with a lock taken late, one of the increments would be lost."""
        save(units, Setting("n", 0))

        def increment(_: int) -> None:
            with units(write=True) as unit:
                found = unit.get(Setting, "n")
                assert found is not None
                time.sleep(0.005)
                unit.put(replace(found, value=found.value + 1))
                unit.commit()

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(increment, range(24)))
        with units() as unit:
            assert unit.get(Setting, "n") == Setting("n", 24)

    # Conflicts

    def test_an_id_is_taken_once(self, units: UnitOfWorkFactory) -> None:
        save(units, record("r"))
        with units(write=True) as unit, pytest.raises(Conflict):
            unit.add(record("r", title="another"))

    def test_a_unique_column_is_taken_once(self, units: UnitOfWorkFactory) -> None:
        person = Person("p1", "wang", "王", ("staff",), "x", PersonState.ACTIVE, NOON)
        save(units, person)
        with units(write=True) as unit, pytest.raises(Conflict):
            unit.add(replace(person, id="p2"))

    def test_put_replaces_and_never_inserts(self, units: UnitOfWorkFactory) -> None:
        save(units, record("r1"), record("r2"))
        with units(write=True) as unit:
            unit.put(record("r1", title="a"), record("r2", title="b"))
            assert [found.title for found in unit.list(Record)] == ["a", "b"]
            with pytest.raises(Conflict):
                unit.put(record("r1"), record("r3"))

    def test_references_are_checked_at_commit_in_any_order(self, units: UnitOfWorkFactory) -> None:
        save(
            units,
            version("r"),
            record("r", dossier="d", house="翠园/1-1-101"),
            dossier("d", house="翠园/1-1-101"),
            house("1-1-101"),
        )
        with units(write=True) as unit:
            unit.add(version("nowhere"))
            with pytest.raises(Conflict):
                unit.commit()
        with units() as unit:
            assert unit.count(Version) == 1

    def test_only_what_may_go_is_removed(self, units: UnitOfWorkFactory) -> None:
        save(units, WorkerBeat("w", NOON), record("r"))
        with units(write=True) as unit:
            unit.remove(WorkerBeat, "w")
            unit.remove(WorkerBeat, "w")
            for kind in (Record, Version, AuditEntry, Person, Checkpoint):
                with pytest.raises(TypeError, match="never deleted"):
                    unit.remove(kind, "r")
            unit.commit()
        with units() as unit:
            assert (unit.count(WorkerBeat), unit.count(Record)) == (0, 1)

    def test_a_class_without_a_table_is_refused(self, units: UnitOfWorkFactory) -> None:
        with units(write=True) as unit, pytest.raises(TypeError, match="no table"):
            unit.add(NOON)

    # Conditions and orders

    @pytest.fixture
    def shelf(self, units: UnitOfWorkFactory) -> UnitOfWorkFactory:
        save(
            units,
            record("a", record_date=date(2026, 1, 1), number="DG-1", state=RecordState.TO_VERIFY),
            record("b", record_date=None, number="DG-10%"),
            record("c", record_date=date(2026, 3, 1), number="DG_1"),
            record("d", record_date=date(2026, 1, 1), number="dg-1", filed_at=later(days=1)),
            record("e", record_date=None, number="档"),
        )
        return units

    @pytest.mark.parametrize(
        ("where", "expected"),
        [
            ({"state": RecordState.TO_VERIFY}, "a"),
            ({"state": "to_verify"}, "a"),
            ({"record_date": None}, "be"),
            ({"record_date": NOT_NULL}, "acd"),
            ({"record_date": AtMost(date(2026, 1, 1))}, "ad"),
            ({"record_date": AtLeast(date(2026, 1, 2))}, "c"),
            ({"filed_at": After(NOON)}, "d"),
            ({"id": After("c")}, "de"),
            ({"id": ("a", "e", "x")}, "ae"),
            ({"id": ()}, ""),
            ({"number": StartsWith("DG-1")}, "ab"),
            ({"number": StartsWith("DG_")}, "c"),
            ({"number": StartsWith("DG-10%")}, "b"),
            ({"number": StartsWith("")}, "abcde"),
            ({"number": Contains("0%")}, "b"),
            ({"number": Contains("dg")}, "d"),
            ({"record_date": date(2026, 1, 1), "state": RecordState.FILED}, "d"),
            ({}, "abcde"),
        ],
    )
    def test_conditions(self, shelf: UnitOfWorkFactory, where: dict[str, object], expected: str) -> None:
        with shelf() as unit:
            assert "".join(found.id for found in unit.list(Record, **where)) == expected
            assert "".join(found.id for found in unit.stream(Record, batch=2, **where)) == expected
            assert unit.count(Record, **where) == len(expected)

    def test_one_of_ten_thousand(self, shelf: UnitOfWorkFactory) -> None:
        ids = tuple(f"{number}" for number in range(9_999))
        with shelf() as unit:
            assert [found.id for found in unit.list(Record, id=(*ids, "c"))] == ["c"]
            with pytest.raises(ValueError, match="in parts"):
                unit.count(Record, id=(*ids, "c", "d"))

    @pytest.mark.parametrize(
        ("order", "expected"),
        [
            ((), "abcde"),
            (("-id",), "edcba"),
            (("record_date",), "adcbe"),
            (("-record_date",), "cadbe"),
            (("-record_date", "-id"), "cdaeb"),
            (("number",), "abcde"),
            (("-number",), "edcba"),
        ],
    )
    def test_orders_are_by_code_point_with_empty_last(
        self, shelf: UnitOfWorkFactory, order: tuple[str, ...], expected: str
    ) -> None:
        with shelf() as unit:
            assert "".join(found.id for found in unit.list(Record, order=order)) == expected
            page = unit.list(Record, order=order, limit=2, offset=1)
            assert "".join(found.id for found in page) == expected[1:3]

    def test_counts_by_value(self, shelf: UnitOfWorkFactory) -> None:
        with shelf() as unit:
            assert unit.count_by(Record, "state") == {RecordState.TO_VERIFY: 1, RecordState.FILED: 4}
            assert unit.count_by(Record, "record_date", state=RecordState.FILED) == {
                None: 2,
                date(2026, 3, 1): 1,
                date(2026, 1, 1): 1,
            }

    def test_a_field_may_be_called_kind(self, units: UnitOfWorkFactory) -> None:
        save(units, job("j1"), job("j2", kind="sweep"))
        with units() as unit:
            assert [found.id for found in unit.list(Job, kind="sweep")] == ["j2"]

    def test_an_unknown_field_is_refused(self, units: UnitOfWorkFactory) -> None:
        with units() as unit, pytest.raises(TypeError, match="no field"):
            unit.list(Record, colour="red")

    # Changes

    def test_changes_rise_in_the_order_of_commits(self, units: UnitOfWorkFactory) -> None:
        order: list[tuple[int, int]] = []
        lock = threading.Lock()

        def file(number: int) -> None:
            for turn in range(5):
                with units(write=True) as unit:
                    changes = unit.next_change(), unit.next_change()
                    unit.add(record(f"{number}-{turn}", change=changes[0]))
                    with lock:  # the write lock is held: what is noted here is the order of commits
                        order.append(changes)
                    unit.commit()

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(file, range(4)))
        assert order == [(2 * n + 1, 2 * n + 2) for n in range(20)]

    # Jobs

    def test_new_jobs_are_hinted_after_the_commit(self, units: UnitOfWorkFactory, hints: list[str]) -> None:
        with units(write=True) as unit:
            unit.enqueue(job("j1"))
            unit.enqueue(job("later", run_after=later(hours=1)))
            unit.enqueue(job("j2"))
            assert hints == []
            unit.commit()
        assert hints == ["j1", "j2"]

    def test_a_broker_that_is_away_loses_no_job(self, make: Make) -> None:
        def away(_: Sequence[str]) -> None:
            raise ConnectionError("no broker")

        units = make(away)
        with units(write=True) as unit:
            unit.enqueue(job("j"))
            unit.commit()
        with units() as unit:
            assert unit.get(Job, "j") == job("j")

    def test_asking_twice_makes_one_job(self, units: UnitOfWorkFactory, hints: list[str]) -> None:
        first = job("j1", key="r1")
        with units(write=True) as unit:
            assert unit.enqueue(first) == first
            assert unit.enqueue(job("j2", key="r1")) == first
            assert unit.enqueue(job("j3", key="r2")).id == "j3"
            assert unit.enqueue(job("j4", key="r1", kind="other")).id == "j4"
            assert unit.enqueue(job("j5")).id == "j5"
            assert unit.enqueue(job("j6")).id == "j6"
            unit.commit()
        assert hints == ["j1", "j3", "j4", "j5", "j6"]
        with units(write=True) as unit:
            unit.put(replace(first, state=JobState.DONE))
            assert unit.enqueue(job("j7", key="r1")).id == "j7"

    def test_a_claim_has_one_winner(self, units: UnitOfWorkFactory) -> None:
        save(units, *(job(f"j{n}") for n in range(10)))
        won: list[tuple[str, str]] = []

        def worker(name: str) -> None:
            for n in range(10):
                with units(write=True) as unit:
                    if unit.claim_job(f"j{n}", name, NOON):
                        won.append((f"j{n}", name))
                    unit.commit()

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(worker, ["w1", "w2", "w3", "w4"]))
        assert sorted(taken for taken, _ in won) == [f"j{n}" for n in range(10)]
        with units() as unit:
            found = {claimed.id: claimed for claimed in unit.list(Job)}
        for taken, name in won:
            assert found[taken].worker == name
            assert found[taken].state is JobState.RUNNING
            assert found[taken].attempts == 1
            assert found[taken].lease_until == NOON + LEASE

    def test_a_job_is_claimed_when_it_is_due(self, units: UnitOfWorkFactory) -> None:
        save(units, job("j", run_after=later(minutes=5)))
        with units(write=True) as unit:
            assert unit.claim_job("j", "w", later(minutes=4)) is None
            assert unit.claim_job("j", "w", later(minutes=5)) is not None
            assert unit.claim_job("no such", "w", NOON) is None

    @pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED, JobState.QUARANTINED])
    def test_a_finished_job_is_not_claimed(self, units: UnitOfWorkFactory, state: JobState) -> None:
        save(units, job("j", state=state))
        with units(write=True) as unit:
            assert unit.claim_job("j", "w", later(days=1)) is None

    def test_a_lapsed_lease_is_taken_over(self, units: UnitOfWorkFactory) -> None:
        save(units, job("j"))
        with units(write=True) as unit:
            assert unit.claim_job("j", "w1", NOON) is not None
            assert unit.claim_job("j", "w2", NOON + LEASE / 2) is None
            again = unit.claim_job("j", "w2", NOON + LEASE)
            assert again is not None
            assert (again.worker, again.attempts) == ("w2", 2)

    def test_a_job_that_kills_its_workers_is_quarantined(self, units: UnitOfWorkFactory) -> None:
        save(units, job("j"))
        now = NOON
        for attempt in range(1, MAX_ATTEMPTS + 1):
            with units(write=True) as unit:
                claimed = unit.claim_job("j", "w", now)
                unit.commit()
            assert claimed is not None
            assert claimed.attempts == attempt
            now += LEASE
        with units(write=True) as unit:
            assert unit.claim_job("j", "w", now) is None
            unit.commit()
        with units() as unit:
            found = unit.get(Job, "j")
        assert found is not None
        assert found.state is JobState.QUARANTINED
        assert found.finished_at == now
        assert "3 workers died" in found.error

    # Audit

    def test_entries_are_numbered_from_zero(self, units: UnitOfWorkFactory) -> None:
        with units(write=True) as unit:
            first = unit.audit(Event.SIGNED_IN, actor="p1", subject="p1", at=NOON, address="127.0.0.1")
            assert list(unit.audit_entries()) == [first]
            unit.audit(Event.FILE_RECEIVED, actor="p1", subject="i1", at=NOON, kind="docx", pages=(1, 2))
            unit.commit()
        with units() as unit:
            entries = list(unit.audit_entries())
            assert [entry.number for entry in entries] == [0, 1]
            assert entries[0] == first
            assert entries[1].detail == {"kind": "docx", "pages": [1, 2]}
            assert list(unit.audit_entries(1)) == entries[1:]
            assert list(unit.audit_entries(0, 1)) == entries[:1]
            assert list(unit.audit_entries(event=Event.SIGNED_IN)) == entries[:1]
            assert unit.list(AuditEntry, order=["-number"], limit=1) == entries[1:]
            assert unit.count(AuditEntry, actor="p1", at=AtMost(NOON)) == 2
            assert unit.audit_size() == unit.audit_frontier().size == 2
            assert [entry.leaf for entry in unit.audit_stored()] == [entry.leaf for entry in entries]

    def test_entries_have_no_gap_with_eight_writers(self, units: UnitOfWorkFactory) -> None:
        def write(number: int) -> None:
            for turn in range(10):
                with units(write=True) as unit:
                    unit.audit(Event.SIGNED_IN, actor=f"p{number}", subject=str(turn), at=NOON)
                    if turn % 5 != 4:
                        unit.commit()

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(write, range(8)))
        with units() as unit:
            entries = list(unit.audit_entries())
            assert [entry.number for entry in entries] == list(range(64))
            assert unit.audit_size() == 64

    def test_the_log_takes_no_values_by_hand(self, units: UnitOfWorkFactory) -> None:
        with units(write=True) as unit:
            entry = unit.audit(Event.SIGNED_IN, actor="p", subject="p", at=NOON)
            for write in (unit.add, unit.put):
                with pytest.raises(TypeError, match="by the unit of work alone"):
                    write(replace(entry, number=7))

    def test_a_detail_that_has_no_one_spelling_is_refused(self, units: UnitOfWorkFactory) -> None:
        with units(write=True) as unit:
            with pytest.raises(TypeError):
                unit.audit(Event.SIGNED_IN, actor="p", subject="p", at=NOON, share=0.5)
            assert unit.audit_size() == 0

    def test_tiles_are_kept(self, units: UnitOfWorkFactory) -> None:
        with units(write=True) as unit:
            for number in range(2100):
                unit.audit(Event.SIGNED_IN, actor="p", subject=str(number), at=NOON)
            unit.commit()
        with units() as unit:
            assert len(unit.audit_tiles()) == 2
            assert len(unit.audit_leaves(1000, 2050)) == 1050
            assert [entry.number for entry in unit.audit_entries(2090)] == list(range(2090, 2100))

    # Speed

    def test_a_thousand_records_in_one_transaction(self, units: UnitOfWorkFactory) -> None:
        started = time.monotonic()
        with units(write=True) as unit:
            values = [record(f"r{n:04}", change=unit.next_change()) for n in range(1000)]
            unit.add(*values)
            unit.add(*(version(value.id) for value in values))
            for value in values:
                unit.audit(Event.RECORD_FILED, actor="system", subject=value.id, at=NOON, title=value.title)
            unit.commit()
        assert time.monotonic() - started < 3
        with units() as unit:
            assert unit.list(Record) == values

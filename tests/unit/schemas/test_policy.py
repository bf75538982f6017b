"""Obligations, posts, workflows and contradictions of the pack hang together."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml

from schemas import Pack, PackError, load_pack
from schemas.model import DecidedBy
from tests.servers.base import shared_dir as shared


@cache
def pack() -> Pack:
    return load_pack()


def test_the_owner_files_contents_are_the_manuals() -> None:
    kind = pack().dossiers["owner_file"]
    always = {code for line in kind.contents if line.when == "always" for code in line.types}
    assert always == {
        "temporary_covenant",
        "preliminary_service_agreement",
        "owner_safety_undertaking",
        "gas_agreement",
        "heating_agreement",
        "owner_card",
        "house_inspection",
        "owner_papers",
        "title_certificate",
    }
    listed = [code for line in kind.contents for code in line.types]
    filed = {code for code, t in pack().record_types.items() if t.dossier == "owner_file"}
    assert set(listed) == filed


def test_what_is_missing_follows_what_is_there() -> None:
    kind = pack().dossiers["owner_file"]
    present = {"owner_card", "house_inspection"}
    missing = {code for line in kind.missing(present) for code in line.types}
    assert "temporary_covenant" in missing
    assert "renovation_agreement" not in missing
    missing = {code for line in kind.missing(present | {"renovation_application"}) for code in line.types}
    assert {"renovation_agreement", "renovation_acceptance"} <= missing
    assert "hot_work_permit" not in missing
    assert any("hot_work_permit" in line.types for line in kind.expected({"hot_work_permit"}))


@pytest.mark.parametrize(
    ("contents", "reason"),
    [
        ("[{zh: 甲, en: X, types: [duty_log]}]", "belongs to register_quarter"),
        ("[{zh: 甲, en: X, types: [no_such]}]", "no_such"),
        ("[{zh: 甲, en: X, types: [owner_card]}, {zh: 乙, en: Y, types: [owner_card]}]", "two lines"),
        ("[{zh: 甲, en: X, types: []}]", "types is missing"),
    ],
)
def test_contents_that_cannot_be(tmp_path: Path, contents: str, reason: str) -> None:
    text = f"dossiers: [{{code: owner_file, contents: {contents}}}]\n"
    (tmp_path / "extra.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PackError, match=reason):
        load_pack(tmp_path)


def test_every_access_class_says_where_it_comes_from() -> None:
    for kind in pack().record_types.values():
        if kind.access_decided_by is DecidedBy.MANUAL:
            assert kind.access_source in ("004 业主档案 4.3", "004 职责 4.5"), kind.code
        else:
            assert "no class" in kind.access_source, kind.code


def test_obligations_name_types_and_posts_that_exist() -> None:
    assert len(pack().obligations) > 100
    for obligation in pack().obligations.values():
        assert obligation.record_type == "" or obligation.record_type in pack().record_types
        assert obligation.who in pack().posts
        assert obligation.clause


def test_every_contradiction_of_the_catalogues_is_decided() -> None:
    found = {}
    for file in sorted((shared() / "reference").glob("*.yaml")):
        for item in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["contradictions"]:
            found[item["id"]] = item.get("severity")
    ours = pack().contradictions
    assert set(found) == set(ours)
    assert {c for c, s in found.items() if s == "high"} == {
        c for c, v in ours.items() if v.severity == "high"
    }
    assert len([v for v in ours.values() if v.severity == "high"]) == 10
    assert all(v.decision and v.change for v in ours.values())
    assert all(v.decision_zh for v in ours.values())


@pytest.mark.parametrize(
    ("due", "reason"),
    [
        ("{after: closed, within: soon}", "length of time"),
        ("{after: closed, before: closed}", "unclear"),
        ("{each: fortnight}", "fortnight"),
        ("{each: quarter, month: 4}", "no month 4"),
        ("{each: week, day: 8}", "no day 8"),
        ("{every: P0D}", "length of time"),
        ("{}", "unclear"),
    ],
)
def test_a_due_time_that_cannot_be(tmp_path: Path, due: str, reason: str) -> None:
    text = f"obligations:\n  - {{code: x, zh: 甲, en: X, due: {due}, who: staff, evidence: e, clause: c}}\n"
    (tmp_path / "extra.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PackError, match=reason):
        load_pack(tmp_path)


def test_nobody_decides_their_own_request_and_every_state_can_be_reached() -> None:
    for workflow in pack().workflows.values():
        for step in workflow.transitions:
            if step.action in ("approve", "refuse"):
                assert step.not_same_as, (workflow.code, step.action)
            assert workflow.step(step.source, step.action) == step
        assert workflow.step("nowhere", "approve") is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "workflows: [{code: x, zh: 甲, en: X, initial: a, states: [a, b], transitions: []}]",
            "no step leads to b",
        ),
        (
            "workflows: [{code: x, zh: 甲, en: X, initial: a, states: [a, b, c], transitions: "
            "[{action: d, from: b, to: c}, {action: e, from: c, to: b}]}]",
            "no step leads to b",
        ),
        (
            "workflows: [{code: x, zh: 甲, en: X, initial: a, states: [a, b, c], transitions: "
            "[{action: d, from: a, to: b}, {action: d, from: a, to: c}]}]",
            "twice",
        ),
        ("roles: [{code: x, zh: 甲, en: X, actions: [record.burn]}]", "record.burn"),
        ("roles: [{code: x, zh: 甲, en: X, excludes: [nobody]}]", "nobody"),
        ("access_classes: [{code: x, zh: 甲, en: X, viewing: grant, approver_roles: [boss]}]", "boss"),
    ],
)
def test_policy_that_cannot_be(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "extra.yaml").write_text(text + "\n", encoding="utf-8")
    with pytest.raises(PackError, match=reason):
        load_pack(tmp_path)


def test_every_describing_phrase_has_its_chinese() -> None:
    phrases: set[str] = set()
    for kind in pack().record_types.values():
        phrases |= {
            kind.filled_by,
            kind.approved_by,
            kind.filing_deadline,
            kind.reason,
            *kind.copies,
            *kind.paging,
        }
        if kind.access_decided_by is DecidedBy.HOUSE:
            phrases.add(kind.access_source)
        phrases |= {place.who for place in (*kind.signatures, *kind.seals)}
    for obligation in pack().obligations.values():
        phrases |= {obligation.evidence, obligation.reason, obligation.due.event.replace("_", " ")}
    phrases.discard("")
    assert phrases <= set(pack().words), sorted(phrases - set(pack().words))
    assert set(pack().words) <= phrases, sorted(set(pack().words) - phrases)
    assert pack().say("the same shift", "zh_CN") == "当班"
    assert pack().say("the same shift", "en") == "the same shift"
    assert pack().say("一式两份", "zh") == "一式两份"

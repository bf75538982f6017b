"""Decisions that an archivist can read and check: tests/golden/retention/*.yaml."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from retention import Decision, FactsError, decide, read_facts
from schemas import Pack, RecordType, load_pack
from schemas.titles import Titles

GOLDEN = Path(__file__).parents[2] / "golden" / "retention"


@cache
def pack() -> Pack:
    return load_pack()


def cases() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for file in sorted(GOLDEN.glob("*.yaml")):
        for case in yaml.safe_load(file.read_text(encoding="utf-8")):
            found.append((f"{file.stem}: {case['case']}", case))
    return found


def answer(given: dict[str, Any], record_type: RecordType, on: date, **house: Any) -> Decision:
    facts, holds = read_facts(given, record_type)
    return decide(facts, record_type.retention, holds, on, record_type=record_type, **house)


@pytest.mark.parametrize("case", [c for _, c in cases()], ids=[name for name, _ in cases()])
def test_golden(case: dict[str, Any]) -> None:
    record_type = Titles(pack()).exact(case["type"])
    assert record_type is not None
    given = dict(case.get("given", {}))
    given["events"] = [{"type": e, "date": str(d)} for e, d in dict(given.pop("events", {})).items()]
    given["holds"] = [{k: str(v) if v else None for k, v in h.items()} for h in given.pop("holds", [])]
    given = {key: str(value) if isinstance(value, date) else value for key, value in given.items()}
    for on, expected in case["then"].items():
        if isinstance(expected, dict) and "refused" in expected:
            with pytest.raises(FactsError) as caught:
                answer(given, record_type, on)
            assert caught.value.code == expected["refused"]
            assert caught.value.hint
            continue
        facts, holds = read_facts(given, record_type)
        decision = decide(
            facts, record_type.retention, holds, on, record_type=record_type, **case.get("house", {})
        )
        said = f"{decision.outcome}"
        if decision.permanent:
            said += " for ever"
        if decision.until:
            said += f" until {decision.until}"
        assert said == expected, decision.reasons
        assert decision.reasons
        if "rule" in case:
            assert decision.rule == case["rule"]


def test_there_are_cases() -> None:
    assert len(cases()) >= 15

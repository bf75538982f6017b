"""Recognised pages of another office's forms, kept with their truth: no rule may make them worse.

Made by `python -m bench.understand FOLDER --keep` from files 0 to 59 of `bench.sheets` with seed 2. Without their
pictures, so tables are known by places alone and signatures and seals are not looked for: `bench.understand` measures
those too.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.understand import entries, judge, misread, record_on
from ingest.codec import loads
from ingest.facts import Page
from ingest.understand import understand
from schemas.loader import load_pack
from schemas.titles import Titles

KEPT = Path(__file__).parents[3] / "golden/understand/pages.jsonl.gz"
Worse = Callable[[Page, str], Page]


def measured(worse: Worse) -> tuple[dict[str, float], int]:
    """The share right of each thing asked, and how many types are wrong (not merely left to a person)."""
    pack = load_pack()
    titles = Titles(pack)
    good: dict[str, list[bool]] = {}
    wrong = 0
    for text in gzip.decompress(KEPT.read_bytes()).decode().splitlines():
        kept: dict[str, Any] = json.loads(text)
        pages = [worse(loads(Page, json.dumps(page).encode()), kept["file"]) for page in kept["pages"]]
        records = understand(pages, pack)
        segments: dict[int, list[dict[str, Any]]] = {}
        for page in kept["truth"]:
            if page["form"]:
                segments.setdefault(page["segment"]["index"], []).append(page)
        for segment in segments.values():
            verdict = judge(pack, titles, segment, records)
            record = record_on(records, segment)
            wrong += not verdict["type"] and record is not None and record.type is not None
            for key, right in verdict.items():
                good.setdefault(key, []).append(right)
            good.setdefault("entries", []).extend(entries(record, segment[0].get("rows") or ()))
    return {key: sum(found) / len(found) for key, found in good.items() if found}, wrong


@pytest.mark.parametrize(
    ("worse", "least"),
    [
        (
            lambda page, file: page,
            {
                "type": 0.98,
                "split": 0.98,
                "house": 0.93,
                "owner": 0.85,
                "date": 0.9,
                "entries": 0.9,
                "no_house": 1.0,
            },
        ),
        (
            lambda page, file: misread(page, 0.3, file),
            {"type": 0.95, "split": 0.95, "house": 0.7, "owner": 0.8, "date": 0.8, "no_house": 1.0},
        ),
    ],
    ids=["as read", "every third line spoiled"],
)
def test_kept_pages_are_understood_as_well_as_before(worse: Worse, least: dict[str, float]) -> None:
    shares, wrong = measured(worse)
    print(shares)
    assert wrong == 0
    assert {key: shares[key] for key, limit in least.items() if shares[key] < limit} == {}

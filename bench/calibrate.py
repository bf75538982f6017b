"""Measures what confidences are worth and writes ingest/understand/calibration.json.

    python -m bench.calibrate FOLDER [--cache FOLDER] [--write] [--origin TEXT]

FOLDER is one made by `bench.sheets`. Every file is understood as it was read; for types, which are seldom wrong, also
with many lines spoiled and with its titles cut off. Prints the steps of each kind, what thresholds cost, and how many
records would be filed into which household on an estate where every household has near neighbours.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from archive.domain.estate import House, Tenure
from archive.domain.matching import belong
from bench.ocr import pixels
from bench.understand import Truth, misread, pages_of, record_on, right_type, same_owners
from ingest.facts import Page, RecordFacts
from ingest.understand import understand
from ingest.understand.calibration import KINDS, Calibration, fitted, plain
from schemas.loader import load_pack
from schemas.model import Pack
from schemas.titles import Titles

DATA = Path(__file__).parent.parent / "ingest/understand/calibration.json"
Calls = dict[str, list[tuple[float, bool]]]


def beheaded(page: Page) -> Page:
    """The page without its upper lines, as on a sheet that was fed crooked."""
    first = next(
        (n for n, line in enumerate(page.lines) if line.box and line.box.y1 - line.box.y0 > 0.016), -1
    )
    return replace(
        page, lines=page.lines[first + 1 :], text="\n".join(x.text for x in page.lines[first + 1 :])
    )


WAYS: Mapping[str, Callable[[Page, str], Page]] = {
    "spoiled a little": lambda page, file: misread(page, 0.3, file),
    "spoiled": lambda page, file: misread(misread(page, 0.8, file), 0.8, file + "2"),
    "beheaded": lambda page, file: beheaded(page),
}


def note_type(
    calls: Calls, pack: Pack, titles: Titles, truth: Sequence[Truth], records: Sequence[RecordFacts]
) -> None:
    record, first = record_on(records, truth), truth[0]
    if record is not None and record.type is not None:
        right = right_type(pack, titles, first["form"], first["printed_title"], record.type)
        calls["type"].append((record.type_confidence, right))


def note_values(calls: Calls, pack: Pack, truth: Sequence[Truth], records: Sequence[RecordFacts]) -> None:
    record, first = record_on(records, truth), truth[0]
    kind = pack.record_types.get(record.type or "") if record else None
    if record is None or kind is None:
        return
    for spec in kind.fields:
        wanted = {"house": first["house"], "owner": first["owner"], "date": first["record_date"]}.get(
            spec.role
        )
        value = next((v for v in record.fields if v.code == spec.code and v.value), None)
        if wanted is None or value is None:
            continue
        right = same_owners(value.value, wanted) if spec.role == "owner" else value.value == wanted
        calls[spec.role].append((value.confidence, right))


def filed(records: Sequence[tuple[RecordFacts, Truth]], rng: random.Random) -> dict[str, int]:
    """How many records find their household without a person, on an estate of the households meant and their
    neighbours: houses that differ in one figure, with owners of their own."""
    owners = {t["house"]: t["owner"] for _, t in records if t["house"] and t["owner"]}
    every = list(owners.values())
    for key in list(owners):
        for at, figure in enumerate(key):
            if figure.isdigit():
                near = key[:at] + rng.choice("123456789") + key[at + 1 :]
                owners.setdefault(near, rng.choice(every))
    result = {"alone": 0, "wrong household": 0, "person": 0}
    for record, truth in records:
        key = record.house
        houses = [House("h", "e", key, key)] if key in owners and key else []
        tenures = {"h": [Tenure("t", "h", owners[key], "", None, None)]} if key in owners and key else {}
        found = belong(key, record.owner, record.date, houses, tenures)
        result["alone" if found.sure else "person"] += 1
        result["wrong household"] += found.sure and key != truth["house"]
    return result


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--origin", default="bench.calibrate")
    options = parser.parse_args()
    pack = load_pack()
    titles = Titles(pack)
    files: dict[str, list[dict[str, Any]]] = {}
    for text in (options.folder / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        page = json.loads(text)
        files.setdefault(page["file"], []).append(page)
    calls: Calls = {what: [] for what in KINDS}
    records: list[tuple[RecordFacts, Truth]] = []
    for file, truth in files.items():
        pages = pages_of(options.folder, file, truth, options.cache)
        images = {p["page"]: p["image"] for p in truth}
        read = understand(
            pages, pack, lambda n, f=file, i=images: pixels(options.folder / f, n, i[n]), raw=True
        )  # type: ignore[misc]
        worse = [understand([way(p, file) for p in pages], pack, raw=True) for way in WAYS.values()]
        segments: dict[int, list[dict[str, Any]]] = {}
        for page in truth:
            if page["form"]:
                segments.setdefault(page["segment"]["index"], []).append(page)
        for segment in segments.values():
            for understood in (read, *worse):
                note_type(calls, pack, titles, segment, understood)
            note_values(calls, pack, segment, read)
            record = record_on(read, segment)
            if record is not None and segment[0]["house"] and segment[0]["owner"]:
                records.append((record, segment[0]))
    calibration = Calibration({what: fitted(found) for what, found in calls.items()}, options.origin)
    for what in KINDS:
        print(what, [(s.raw, s.right, s.count) for s in calibration.steps[what]])
        for at in (0.8, 0.9, 0.95, 0.98, 0.99):
            print("  ", calibration.expectation(what, at))
    print(json.dumps(filed(records, random.Random(1)), ensure_ascii=False))
    if options.write:
        DATA.write_text(json.dumps(plain(calibration), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

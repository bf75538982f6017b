"""How many records of a folder of scans are understood right: type, house, owner, date, split, signatures, seals.

    python -m bench.understand SAMPLES [--cache FOLDER] [--only TEXT] [--misread RATE] [--classes] [--keep FILE]

SAMPLES is a folder with `truth.jsonl` (one line a page) and the scans it names. Recognised pages are kept in the
cache folder, so that a second run takes seconds. Prints one line for each record with something wrong, then one
JSON object with rates in percent; `wrong_type` counts records given another type than theirs, `no_type` those left
to a person. `--misread` spoils that share of the recognised lines further, as a worse recogniser would;
`--classes` prints the rates for each class of difficulty that the truth names (see `bench.sheets`).
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.ocr import pixels
from ingest.codec import dumps, loads
from ingest.facts import Page, RecordFacts
from ingest.ocr import recognise
from ingest.understand import understand
from schemas.loader import load_pack
from schemas.model import Pack
from schemas.text import fold
from schemas.titles import Titles

Truth = Mapping[str, Any]
UNNAMED = {
    "证件复印件": "证件|身份证",
    "产权": "产权",
    "授权委托": "委托",
    "业主委员会往来": "业委会|业主委员会",
    "空置房维护": "空置房",
}
"""Papers that the manuals give no title: words of theirs → what the type's title has to hold."""


def house_parts(house: str | None) -> list[str]:
    """The last parts of a house without leading zeros, however it is written."""
    return [p.lstrip("0") or "0" for p in re.findall(r"[A-Z]+|\d+", (house or "").upper())][-3:]


def pages_of(folder: Path, file: str, truth: Sequence[Truth], cache: Path | None) -> list[Page]:
    """The recognised pages of one file, from the cache where they are there."""
    found = []
    for page in truth:
        digest = hashlib.sha256((folder / file).read_bytes()).hexdigest()[:16]
        kept = cache / f"{digest}-{page['page']}.json" if cache else None
        if kept is not None and kept.exists():
            found.append(loads(Page, kept.read_bytes()))
            continue
        image = pixels(folder / file, page["page"], page["image"])
        found.append(recognise(image, page["image"]["dpi"], number=page["page"]))
        if kept is not None:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(dumps(found[-1]))
    return found


def right_type(pack: Pack, titles: Titles, form: str, printed: str, code: str | None) -> bool:
    """Whether a type is the one that the form's name or its printed title leads to."""
    name = form.replace("(unnamed)", "")
    codes = {kind.code for text in (name, printed) if (kind := titles.exact(text)) is not None}
    if codes:
        return code in codes
    pattern = next((v for k, v in UNNAMED.items() if k in name), None)
    return bool(code and pattern and re.search(pattern, pack.record_types[code].title_zh))


def same_owners(read: str | None, written: str) -> bool:
    """Whether the same people are named, in whatever order joint owners stand."""
    return sorted(re.split("[、 ]", fold(read or ""))) == sorted(re.split("[、 ]", fold(written)))


def entries(record: RecordFacts | None, rows: Sequence[Mapping[str, str]]) -> list[bool]:
    """For each entry of a register whether its house is right; an entry too many counts as wrong."""
    read = {v.row: v.value for v in record.rows if v.code == "house"} if record else {}
    right = [read.get(n) == row["_house"] for n, row in enumerate(rows, 1)]
    return right + [False] * max(0, len(read) - len(rows))


def record_on(records: Sequence[RecordFacts], pages: Sequence[Truth]) -> RecordFacts | None:
    """The record with exactly these pages, else the first one with any of them."""
    want = tuple(p["page"] for p in pages)
    same = next((r for r in records if r.pages == want), None)
    return same or next((r for r in records if set(r.pages) & set(want)), None)


def judge(
    pack: Pack, titles: Titles, pages: Sequence[Truth], records: Sequence[RecordFacts]
) -> dict[str, bool]:
    """What is right of one record; keys only for what its truth says."""
    first, record = pages[0], record_on(records, pages)
    verdict: dict[str, bool] = {}
    if first["pages_in_file"] > 1:
        verdict["split"] = record is not None and record.pages == tuple(p["page"] for p in pages)
    code = record.type if record else None
    verdict["type"] = right_type(pack, titles, first["form"], first["printed_title"], code)
    if first["house"]:
        verdict["house"] = record is not None and house_parts(record.house) == house_parts(first["house"])
    if first.get("many"):
        verdict["no_house"] = record is not None and record.house is None
    if first["owner"]:
        verdict["owner"] = record is not None and same_owners(record.owner, first["owner"])
    if first["record_date"]:
        verdict["date"] = record is not None and str(record.date) == first["record_date"]
    for key, marks in (
        ("signature", record.signatures if record else ()),
        ("seal", record.seals if record else ()),
    ):
        verdict[key] = any(m.present for m in marks) == any(p[f"has_{key}"] for p in pages)
    return verdict


KEPT = (
    *("page", "pages_in_file", "segment", "form", "printed_title", "house", "owner", "record_date"),
    *("many", "rows", "has_signature", "has_seal"),
)


def keep(path: Path, folder: Path, files: Mapping[str, Sequence[Truth]], cache: Path | None) -> None:
    """Writes one line a file: its recognised pages and what is true of them, for tests without a recogniser."""
    with gzip.GzipFile(path, "wb", mtime=0) as out:
        for file, truth in files.items():
            pages = [json.loads(dumps(page)) for page in pages_of(folder, file, truth, cache)]
            known = [{k: page[k] for k in KEPT if k in page} for page in truth]
            out.write(
                json.dumps({"file": file, "truth": known, "pages": pages}, ensure_ascii=False).encode()
                + b"\n"
            )


def percent(good: Mapping[str, Sequence[bool]]) -> dict[str, float]:
    return {key: round(100 * sum(v) / len(v), 1) for key, v in good.items()}


MISREADINGS = (
    "0Oo",
    "1lI|7",
    "栋株",
    "单草",
    "元无",
    "号弓",
    "室空",
    "日曰",
    "5S",
    "8B",
    "2Z",
    "主王",
    "期斯",
)
"""Characters taken for one another."""


def misread(page: Page, rate: float, seed: str) -> Page:
    """The page with one character wrong in this share of its lines, the same ones at every call."""
    if not rate:
        return page
    rng = random.Random(f"{seed}-{page.number}")
    lines = tuple(
        replace(line, text=spoiled(line.text, rng)) if rng.random() < rate else line for line in page.lines
    )
    return replace(page, lines=lines, text="\n".join(line.text for line in lines))


def spoiled(text: str, rng: random.Random) -> str:
    places = [(i, group) for i, c in enumerate(text) for group in MISREADINGS if c in group]
    if not places:
        return text
    at, group = rng.choice(places)
    return text[:at] + rng.choice([c for c in group if c != text[at]]) + text[at + 1 :]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("samples", type=Path)
    parser.add_argument("--cache", type=Path, help="folder that keeps recognised pages")
    parser.add_argument("--only", default="", help="only files with this in their name")
    parser.add_argument("--misread", type=float, default=0.0, help="share of lines that are spoiled further")
    parser.add_argument("--classes", action="store_true", help="rates for each class of difficulty")
    parser.add_argument(
        "--keep", type=Path, help="write the recognised pages and their truth to this .gz file"
    )
    options = parser.parse_args()
    folder: Path = options.samples
    pack = load_pack()
    titles = Titles(pack)
    files: dict[str, list[Truth]] = {}
    for text in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        page = json.loads(text)
        if options.only in page["file"]:
            files.setdefault(page["file"], []).append(page)
    if options.keep:
        keep(options.keep, folder, files, options.cache)
        return
    good: dict[str, list[bool]] = {}
    classes: dict[str, dict[str, list[bool]]] = {}
    no_type = wrong_type = 0
    seconds = 0.0
    for file, truth in files.items():
        pages = [misread(p, options.misread, file) for p in pages_of(folder, file, truth, options.cache)]
        images = {p["page"]: p["image"] for p in truth}
        start = time.process_time()
        records = understand(pages, pack, lambda n, f=file, i=images: pixels(folder / f, n, i[n]))  # type: ignore[misc]
        seconds += time.process_time() - start
        no_type += sum(r.type is None for r in records)
        segments: dict[int, list[Truth]] = {}
        for page in truth:
            if page["form"]:
                segments.setdefault(page["segment"]["index"], []).append(page)
        for segment in segments.values():
            verdict = judge(pack, titles, segment, records)
            if rows := segment[0].get("rows"):
                good.setdefault("entries", []).extend(entries(record_on(records, segment), rows))
            wrong_type += not verdict["type"]
            for key, is_right in verdict.items():
                good.setdefault(key, []).append(is_right)
                for name in segment[0].get("classes", ()) if options.classes else ():
                    classes.setdefault(name, {}).setdefault(key, []).append(is_right)
            if not all(verdict.values()):
                print(file, segment[0]["page"], [key for key, is_right in verdict.items() if not is_right])
    for name in sorted(classes):
        print(name, len(classes[name]["type"]), json.dumps(percent(classes[name])))
    rates = percent(good)
    count = sum(len(v) for v in files.values())
    result = {
        "records": len(good.get("type", ())),
        **rates,
        "no_type": no_type,
        "wrong_type": wrong_type - no_type,
    }
    print(json.dumps(result | {"cpu_seconds_a_page": round(seconds / max(1, count), 3)}, ensure_ascii=False))


if __name__ == "__main__":
    main()

"""Whether printed forms find home: prints, fills in by hand, scans badly, and takes in again. Prints JSON.

python -m bench.forms [--forms 60] [--codes 600] [--seed 1]

`--codes` pages are only asked for their codes (milliseconds a page); `--forms` go the whole way through recognition
and filing, several forms in one file, and each must be filed by itself with the right type, house, owner and day.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image, ImageChops

from bench.running import scratch_home

Picture = NDArray[np.uint8]
Scanner = Callable[[Picture, random.Random], Picture]
PILE = 5
HOUSES = 40


def turned(degrees: float) -> Scanner:
    def scan(page: Picture, chance: random.Random) -> Picture:
        if degrees % 90 == 0:
            return np.ascontiguousarray(np.rot90(page, int(degrees // 90)))
        height, width = page.shape
        side = chance.choice((-1, 1))
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), side * degrees, 1.0)
        return np.asarray(cv2.warpAffine(page, matrix, (width, height), borderValue=(255,)), np.uint8)

    return scan


def noisy(deviation: float) -> Scanner:
    def scan(page: Picture, chance: random.Random) -> Picture:
        noise = np.random.default_rng(chance.getrandbits(32)).normal(0, deviation, page.shape)
        return np.clip(page.astype(np.float32) + noise, 0, 255).astype(np.uint8)

    return scan


def bilevel(page: Picture, chance: random.Random) -> Picture:
    return np.where(page > chance.choice((110, 140, 170)), 255, 0).astype(np.uint8)


def jpeg(page: Picture, chance: random.Random) -> Picture:
    done = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, 40])[1]
    return np.asarray(cv2.imdecode(done, cv2.IMREAD_GRAYSCALE), np.uint8)


def photographed(page: Picture, chance: random.Random) -> Picture:
    """From a little aside, in light that falls off, on a dark table."""
    height, width = page.shape
    edge = width * 0.05
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = np.array(
        [
            [x + edge + chance.uniform(-0.6, 0.6) * edge, y + edge + chance.uniform(-0.6, 0.6) * edge]
            for x, y in corners * [(width - 2 * edge) / width, (height - 2 * edge) / height]
        ],
        np.float32,
    )
    matrix = cv2.getPerspectiveTransform(corners, moved)
    seen = cv2.warpPerspective(page, matrix, (width, height), borderValue=(70,))
    light = np.linspace(1.0, chance.uniform(0.6, 0.8), width)[None, :]
    return np.asarray(cv2.GaussianBlur((seen * light).astype(np.uint8), (3, 3), 0), np.uint8)


def torn(page: Picture, chance: random.Random) -> Picture:
    """The corner with the large code is gone, or the one with the small."""
    height, width = page.shape
    size = width // 4
    x, y = chance.choice(((width, 0), (0, height)))
    corner = np.array([[x, y], [x + (size if x == 0 else -size), y], [x, y + (size if y == 0 else -size)]])
    return np.asarray(cv2.fillConvexPoly(page.copy(), corner, (235,)), np.uint8)


CONDITIONS: dict[str, tuple[int, tuple[Scanner, ...]]] = {
    "gray 150 dpi": (150, (noisy(4),)),
    "gray 200 dpi": (200, (noisy(4),)),
    "gray 300 dpi": (300, (noisy(4),)),
    "black and white 150 dpi": (150, (bilevel,)),
    "black and white 200 dpi": (200, (noisy(10), bilevel)),
    "on its side": (200, (turned(90), noisy(4))),
    "upside down": (200, (turned(180), noisy(4))),
    "on its other side": (150, (turned(270), noisy(4))),
    "5 degrees askew": (200, (turned(5), noisy(4))),
    "grainy": (200, (noisy(25),)),
    "JPEG 40, 150 dpi": (150, (noisy(6), jpeg)),
    "photographed": (200, (photographed, noisy(6), jpeg)),
    "corner torn": (200, (torn, noisy(4))),
}


def by_hand(sheet: Any, image: Image.Image, name: str, seed: int, font: Any) -> Image.Image:
    """The sheet signed at each place, and a word in a few of its cells."""
    from archive.services.demo_papers.paper import Paper

    paper = Paper(font, seed)
    words = random.Random(seed)
    for slot in sheet.slots:
        if slot.row > 2:
            continue
        if slot.kind == "signature":
            paper.sign(slot.x0 + 1.5, slot.y0 + 1.0, name, min(6.0, slot.y1 - slot.y0 - 2.4))
        elif slot.kind == "field" and slot.y1 - slot.y0 > 14 and words.random() < 0.7:
            paper.write(
                slot.x0 + 3, slot.y0 + 3, words.choice(("已办理完毕", "情况属实，请安排", "无异议")), 5.0
            )
    written = paper.image.convert("L").crop(
        (0, 0, *(round(m * 200 / 25.4) for m in (sheet.width, sheet.height)))
    )
    return ImageChops.multiply(image, written.resize(image.size, Image.Resampling.LANCZOS))


class Office:
    """A scratch archive with houses, and forms printed in it."""

    def __init__(self, home: Any, seed: int) -> None:
        os.environ["DANGAN_HOME"] = str(home)
        from archive.bootstrap import open_archive
        from archive.domain.people import OPERATOR
        from archive.services import upkeep
        from archive.services.estate_import import import_estate

        self.chance = random.Random(seed)
        self.archive = open_archive(create=True)
        upkeep.create_archive(self.archive)
        self.actor = OPERATOR
        self.houses = [
            (f"{b}-{u}-{f:02}0{r}", f"示例{'甲乙丙丁戊己庚辛'[n % 8]}{'一二三四五六七八'[n // 8 % 8]}")
            for n in range(HOUSES)
            for b, u, f, r in [(1 + n % 9, 1 + n % 3, 2 + n % 17, 1 + n % 4)]
        ]
        rows = "estate,house,owner,from,to,phone\n" + "".join(
            f"星河花园,{house},{owner},2015-01-01,,13800000{n:03}\n"
            for n, (house, owner) in enumerate(self.houses)
        )
        import_estate(self.archive, OPERATOR, io.BytesIO(rows.encode()), "houses.csv")

    def printed(self, type: str, filled: bool) -> tuple[Any, list[tuple[Any, bytes, int]], str]:
        """A form, its sheets with the PDF and page that shows each, and the owner."""
        from archive.services import forms

        house, owner = self.chance.choice(self.houses)
        kind = self.archive.pack.record_types[type]
        grades = {f.code: self.chance.choice(f.choices) for f in kind.fields if f.role == "grade"}
        day = date(2024, 1, 1) + timedelta(days=self.chance.randrange(700))
        wish = forms.Wish(type, house, day, copies=1, values=grades)
        form, file = forms.print_form(self.archive, self.actor, wish)
        sheets = forms.sheets_of(self.archive, form, 1)
        return form, [(s if filled else None, file.content, i) for i, s in enumerate(sheets)], owner

    def scanned(self, page: tuple[Any, bytes, int], owner: str, condition: str) -> Picture:
        sheet, pdf, number = page
        dpi, steps = CONDITIONS[condition]
        document = pypdfium2.PdfDocument(pdf)
        image = document[number].render(scale=dpi / 72, grayscale=True).to_pil()
        document.close()
        if sheet is not None:
            image = by_hand(sheet, image, owner, self.chance.getrandbits(16), self.archive.font)
        picture = np.asarray(image, np.uint8)
        for step in steps:
            picture = step(picture, self.chance)
        return picture


def codes(office: Office, count: int) -> dict[str, Any]:
    """Share of pages whose code is read, by how they were scanned."""
    from ingest.barcode import read_codes
    from ingest.slips import slip_of

    kinds = list(office.archive.pack.record_types)
    asked, right, spent = Counter[str](), Counter[str](), 0.0
    for n in range(count):
        condition = list(CONDITIONS)[n % len(CONDITIONS)]
        form, pages, owner = office.printed(office.chance.choice(kinds), True)
        picture = office.scanned(pages[0], owner, condition)
        start = time.perf_counter()
        found = {slip.serial for code in read_codes(picture) if (slip := slip_of(code.text))}
        spent += time.perf_counter() - start
        asked[condition] += 1
        right[condition] += found == {form.id}
    return {
        "pages": count,
        "read": sum(right.values()),
        "milliseconds_a_page": round(1000 * spent / max(1, count), 1),
        "missed": {c: asked[c] - right[c] for c in asked if asked[c] > right[c]},
    }


def filing(office: Office, count: int) -> dict[str, Any]:
    """Forms of as many types as there are, in piles, through everything."""
    from archive.domain.records import Intake, Record
    from archive.services import intake, work

    kinds = list(office.archive.pack.record_types)
    office.chance.shuffle(kinds)
    truth: dict[str, tuple[Any, str, str]] = {}
    piles: list[tuple[str, bytes]] = []
    done = 0
    while done < count:
        images, here = [], list(CONDITIONS)[len(piles) % len(CONDITIONS)]
        for _ in range(min(PILE, count - done)):
            form, pages, owner = office.printed(kinds[done % len(kinds)], office.chance.random() < 0.8)
            truth[form.id] = (form, owner, here)
            images += [Image.fromarray(office.scanned(p, owner, here)) for p in pages]
            done += 1
        out = io.BytesIO()
        images[0].save(out, "PDF", save_all=True, append_images=images[1:], resolution=CONDITIONS[here][0])
        piles.append((here, out.getvalue()))
    start = time.perf_counter()
    for name, content in piles:
        intake.receive_file(office.archive, office.actor, io.BytesIO(content), f"{name}.pdf", batch="bench")
    while work.work_here(office.archive, "bench"):
        pass
    took = time.perf_counter() - start
    with office.archive.uow() as uow:
        ids = [r for item in uow.list(Intake, batch="bench") for r in item.records]
        records = uow.list(Record, id=tuple(ids))
    return _judged(truth, records, took)


def _judged(truth: dict[str, tuple[Any, str, str]], records: list[Any], took: float) -> dict[str, Any]:
    right: Counter[str] = Counter()
    wrong: list[str] = []
    found = {f["value"]: r for r in records for f in r.fields if f["code"] == "serial"}
    for serial, (form, owner, condition) in truth.items():
        record = found.get(serial)
        same = {
            "type": record is not None and record.type == form.type,
            "house": record is not None and record.house == form.house,
            "owner": record is not None and record.owner == owner,
            "date": record is not None
            and record.record_date
            and record.record_date.isoformat() in form.values.values(),
            "filed": record is not None and record.state == "filed",
        }
        right.update(name for name, good in same.items() if good)
        if not all(same.values()):
            why = sorted({p["code"] for p in record.problems}) if record else ["not found"]
            wrong.append(f"{form.type} ({condition}): {[k for k, v in same.items() if not v]} {why}")
    return {
        "forms": len(truth),
        "records": len(records),
        "seconds_a_form": round(took / max(1, len(truth)), 2),
        **{f"{name}_right": right[name] for name in ("type", "house", "owner", "date", "filed")},
        "wrong": wrong,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--forms", type=int, default=60)
    parser.add_argument("--codes", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    with scratch_home() as home:
        office = Office(home / "archive", wanted.seed)
        answer = {"codes": codes(office, wanted.codes), "filing": filing(office, wanted.forms)}
    print(json.dumps(answer, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()

"""Character error rate and processor seconds a page: ours, RapidOCR's stock call and Tesseract, in one run.

    python -m bench.ocr SAMPLES [--every N] [--engines ours stock tesseract] [--height PIXELS …]

SAMPLES is a folder with `truth.jsonl` (one line a page: file, page, image, lines) and the scans it names. The
process keeps to one core, and the engines take turns page by page, so that a machine that slows down does so for all:
lean on the ratios. A line of the truth is compared with the best stretch of the text recognised over its box; letters,
figures and Chinese characters only. Lines that mix print and writing, seals and watermarks are not counted. Stock gets
each page with its whole turn undone, because it does not find turns by itself; ours and Tesseract find it. Prints one
JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image

from ingest.ocr import Engine, recognise
from ingest.ocr.rapid import TEXT_HEIGHT, RapidEngine
from ingest.ocr.straighten import to_page
from ingest.ocr.tesseract import TesseractEngine

Pixels = NDArray[np.uint8]
Placed = tuple[str, float, float, float, float]
"""A recognised text with its rectangle in pixels of the stored image."""


def pages(folder: Path) -> Iterator[tuple[Mapping[str, Any], Pixels]]:
    """Each page of the truth with its pixels, as stored."""
    for text in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        truth = json.loads(text)
        yield truth, pixels(folder / truth["file"], truth["page"], truth["image"])


def pixels(file: Path, page: int, image: Mapping[str, Any]) -> Pixels:
    """One page (from 1) of a scan at the size the truth was measured in."""
    if file.suffix == ".pdf":
        with pypdfium2.PdfDocument(file) as document:
            scale = image["width"] / document[page - 1].get_width()
            return np.asarray(document[page - 1].render(scale=scale).to_pil().convert("RGB"))
    with Image.open(file) as picture:
        picture.seek(page - 1)
        return np.asarray(picture.convert("L" if picture.mode in ("1", "L") else "RGB"))


def plain(text: str) -> str:
    """What is compared: letters, figures, Chinese characters."""
    return "".join(c for c in text if c.isalnum())


def misses(wanted: str, read: str) -> int:
    """Edits from `wanted` to the best stretch of `read`."""
    row = [0] * (len(read) + 1)
    for i, a in enumerate(wanted, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(read, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return min(row)


def errors(lines: Sequence[Mapping[str, Any]], found: Sequence[Placed]) -> dict[str, tuple[int, int]]:
    """Kind of line → (characters wrong, characters)."""
    counts = {"print": (0, 0), "hand": (0, 0)}
    for line in lines:
        wanted = plain(line["text"])
        if line["kind"] not in counts or not wanted:
            continue
        x0, y0, x1, y1 = line["box"]
        over = [f for f in found if min(f[3], x1) > max(f[1], x0) and min(f[4], y1) > max(f[2], y0)]
        wrong = misses(wanted, plain("".join(f[0] for f in over)))
        counts[line["kind"]] = (counts[line["kind"]][0] + wrong, counts[line["kind"]][1] + len(wanted))
    return counts


def ours(image: Pixels, engine: Engine) -> list[Placed]:
    """An engine of ours on the page as stored."""
    page = recognise(image, engine=engine)
    placed = []
    for line in page.lines:
        assert line.box is not None
        corners = [(x, y) for x in (line.box.x0, line.box.x1) for y in (line.box.y0, line.box.y1)]
        stored = [to_page(x * page.width, y * page.height, image, page.turned, page.skew) for x, y in corners]
        xs, ys = [x for x, _ in stored], [y for _, y in stored]
        placed.append((line.text, min(xs), min(ys), max(xs), max(ys)))
    return placed


def stock() -> Callable[[Pixels, int], list[Placed]]:
    """RapidOCR as its wheel comes, on onnxruntime with one thread and batches of one."""
    from rapidocr import RapidOCR

    engine = RapidOCR(
        params={
            "Global.log_level": "error",
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Rec.rec_batch_num": 1,
        }
    )

    def read(image: Pixels, turned: int) -> list[Placed]:
        straight = np.ascontiguousarray(np.rot90(image, turned // 90))
        bgr = straight[:, :, ::-1] if straight.ndim == 3 else np.stack([straight] * 3, axis=2)
        result = engine(np.ascontiguousarray(bgr))
        if result.boxes is None:
            return []
        placed = []
        for text, quad in zip(result.txts, result.boxes, strict=True):
            stored = [to_page(float(x), float(y), image, turned, 0.0) for x, y in quad]
            xs, ys = [x for x, _ in stored], [y for _, y in stored]
            placed.append((text, min(xs), min(ys), max(xs), max(ys)))
        return placed

    return read


def measure(
    folder: Path, every: int, engines: Mapping[str, Callable[[Pixels, int], list[Placed]]]
) -> dict[str, dict[str, float]]:
    """For each engine seconds a page and error rates in percent, over all lines and over groups of pages."""
    seconds: Counter[str] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    count = 0
    for read in engines.values():
        read(np.full((800, 600), 255, np.uint8), 0)
    for number, (truth, image) in enumerate(pages(folder)):
        if number % every:
            continue
        count += 1
        for name, read in engines.items():
            start = time.process_time()
            found = read(image, truth["image"]["rotation_cw"])
            seconds[name] += time.process_time() - start
            for kind, (bad, of) in errors(truth["lines"], found).items():
                for group in ("all", kind, *groups(truth)):
                    wrong[name, group] += bad
                    total[name, group] += of
    return {
        name: {
            "pages": count,
            "seconds_a_page": round(seconds[name] / count, 3),
            **({"of_stock": round(seconds[name] / seconds["stock"], 3)} if seconds["stock"] else {}),
            **{
                f"{group}_error_percent": round(100 * wrong[name, group] / max(1, of), 2)
                for (engine, group), of in sorted(total.items())
                if engine == name
            },
        }
        for name in engines
    }


def groups(truth: Mapping[str, Any]) -> Iterator[str]:
    """What kinds of pages one belongs to, of those that engines find hard."""
    image = truth["image"]
    if truth.get("script") == "traditional":
        yield "traditional"
    if image["mode"] == "bilevel":
        yield "bilevel"
    if image["dpi"] == 150:
        yield "150_dpi"
    if image["rotation_cw"]:
        yield "turned"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("samples", type=Path)
    parser.add_argument("--every", type=int, default=1, help="only each N-th page")
    names = ["ours", "stock", "tesseract"]
    parser.add_argument("--engines", nargs="*", choices=names, default=names)
    parser.add_argument(
        "--height",
        type=int,
        nargs="*",
        default=[TEXT_HEIGHT],
        help="pixels that usual characters are high where ours looks for text",
    )
    options = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    engines: dict[str, Callable[[Pixels, int], list[Placed]]] = {}
    if "stock" in options.engines:
        engines["stock"] = stock()
    if "ours" in options.engines:
        for height in options.height:
            name = "ours" if len(options.height) == 1 else f"ours_{height}"
            engines[name] = _stored(RapidEngine(height))
    if "tesseract" in options.engines:
        engines["tesseract"] = _stored(TesseractEngine())
    print(json.dumps(measure(options.samples, options.every, engines), ensure_ascii=False, indent=1))


def _stored(engine: Engine) -> Callable[[Pixels, int], list[Placed]]:
    return lambda image, turned: ours(image, engine)


if __name__ == "__main__":
    main()

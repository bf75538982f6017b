"""Measures reading born-digital files through `ingest.reader.Reader`: files a second, memory over many files.

Run as `python -m bench.read [--files N] [--seconds S]`; prints one JSON object. The files are made for the run:
two-page .docx and .pdf with running text, a table and Chinese characters.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import docx
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from ingest.facts import FileState
from ingest.reader import Reader

SENTENCE = "客服人员应在接到业主来电后如实填写登记表，并于当日将处理结果告知业主，每季度末统计回访情况。"


def make_docx(path: Path, seed: int) -> None:
    """Two pages: a title, a table of eight rows, forty paragraphs."""
    document = docx.Document()
    document.add_heading(f"回访情况说明 {seed}", 1)
    table = document.add_table(rows=8, cols=4)
    for number, row in enumerate(table.rows):
        for column, text in enumerate(("房号", f"{number + 1}栋{seed % 30 + 1}01", "结果", "满意")):
            row.cells[column].text = text
    for number in range(40):
        document.add_paragraph(f"{number + 1}、{SENTENCE}")
    document.save(str(path))


def make_pdf(path: Path, seed: int) -> None:
    """Two pages of 34 lines."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path))
    for page in range(2):
        canvas.setFont("STSong-Light", 11)
        for line in range(34):
            canvas.drawString(50, 790 - 21 * line, f"{seed}-{page + 1}.{line + 1} {SENTENCE[:42]}")
        canvas.showPage()
    canvas.save()


def measure(reader: Reader, files: list[Path], seconds: float) -> dict[str, float]:
    """Files a second of wall clock and of the child's processor time, after a warm-up."""
    for path in files[:5]:
        assert reader.read_file(path).state == FileState.READ
    busy, start, done = reader.processor_seconds(), time.monotonic(), 0
    for path in _around(files):
        reader.read_file(path)
        done += 1
        if time.monotonic() - start >= seconds:
            break
    spent = time.monotonic() - start
    return {
        "files": done,
        "per_second": round(done / spent, 1),
        "per_core_second": round(done / max(reader.processor_seconds() - busy, 1e-9), 1),
    }


def _around(files: list[Path]) -> Iterator[Path]:
    while True:
        yield from files


def memory(reader: Reader, files: list[Path], count: int) -> dict[str, int]:
    """The child's memory in MiB after a tenth and after all of `count` files."""
    first = 0
    for number, path in enumerate(_around(files), 1):
        reader.read_file(path)
        if number == max(1, count // 10):
            first = reader.memory_bytes()
        if number >= count:
            break
    return {"files": count, "mib_after_tenth": first >> 20, "mib_after_all": reader.memory_bytes() >> 20}


def main() -> None:
    """Prints the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000, help="files of the memory run")
    parser.add_argument("--seconds", type=float, default=5.0, help="seconds of each speed run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Reader(recycle_files=options.files * 4) as reader:
        words = [Path(folder, f"{n}.docx") for n in range(10)]
        pages = [Path(folder, f"{n}.pdf") for n in range(10)]
        for number, (word, page) in enumerate(zip(words, pages, strict=True)):
            make_docx(word, number)
            make_pdf(page, number)
        result = {
            "cores": os.cpu_count(),
            "docx": measure(reader, words, options.seconds),
            "pdf": measure(reader, pages, options.seconds),
            "memory": memory(reader, words + pages, options.files),
        }
    print(json.dumps(result))


if __name__ == "__main__":
    main()

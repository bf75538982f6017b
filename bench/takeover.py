"""Taking over an old catalogue: rows a second of born-digital texts and Word files, and of going on after a kill.

python -m bench.takeover [ROWS]
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

from docx import Document

from archive.bootstrap import open_archive, read_settings
from archive.domain.people import OPERATOR
from archive.services.takeover import import_catalogue
from archive.services.upkeep import create_archive
from bench.running import scratch_home

SENTENCE = "客服助理于当日回访业主，核对投诉事项的处理结果，业主表示满意，并建议加强地下车库照明。"


def catalogue(folder: Path, rows: int, *, files: bool) -> Path:
    path = folder / f"catalogue-{files}.jsonl"
    with path.open("w", encoding="utf-8") as out:
        for n in range(rows):
            row = {"type": "callback_record", "date": f"20{10 + n % 10}-05-{1 + n % 28:02}"}
            text = f"第 {n} 次回访。" + SENTENCE * 15
            if files:
                paper = Document()
                paper.add_paragraph(text)
                paper.save(str(folder / f"{n}.docx"))
                row["file"] = f"{n}.docx"
            else:
                row["text"] = text
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    with scratch_home() as home, tempfile.TemporaryDirectory() as scratch:
        archive = open_archive(read_settings({**os.environ, "DANGAN_HOME": str(home)}), create=True)
        create_archive(archive)
        folder = Path(scratch)
        for what, count, files in (("texts", rows, False), ("Word files", rows // 5, True)):
            path = catalogue(folder, count, files=files)
            for again in ("", ", again"):
                began, busy = time.monotonic(), time.process_time()
                states = {a["state"] for a in import_catalogue(archive, OPERATOR, path, folder)}
                seconds, busy = time.monotonic() - began, time.process_time() - busy
                speed = f"{count / seconds:.0f} rows/s, {count / busy:.0f} a second of processor time"
                print(f"{count} {what}{again}: {speed} ({', '.join(sorted(states))})", flush=True)
        archive.reader().close()


if __name__ == "__main__":
    main()

"""Taking over a house register: seconds and peak memory of `dangan estate import` for an .xlsx of so many rows.

    .venv/bin/python -m bench.estate [ROWS]      (100000 by default)

Buildings are merged over their rows, scripts and widths are mixed, some days are text, one row in a thousand is bad.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from bench.running import CODE, dangan, scratch_home

HOUSES_OF_A_BUILDING = 240
WORDS = "栋幢座棟"


def register(rows: int, target: Path) -> None:
    """Write a register as an office keeps one."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.append(["房屋登记表"])
    sheet.append(["項目", "楼栋", "单元", "室号", "业主姓名", "入住日期", "联系电话"])
    for number in range(rows):
        building, house = divmod(number, HOUSES_OF_A_BUILDING)
        unit, flat = divmod(house, HOUSES_OF_A_BUILDING // 2)
        room = f"{flat // 4 + 1}{flat % 4 + 1:02d}" if number % 1000 else "看不懂"
        if number % 5 == 0:
            room = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in room)
        sheet.append(
            [
                "星河花園" if building % 3 else "星河花园",
                f"{building + 1}{WORDS[building % 4]}" if house == 0 else None,
                f"{unit + 1}{'單元' if building % 2 else '单元'}",
                room,
                f"例{number}",
                date(2020, 1, 1 + number % 28) if number % 7 else "2020年3月6日",
                13800000000 + number % 1000,
            ]
        )
    for first in range(3, rows + 3, HOUSES_OF_A_BUILDING):
        last = min(first + HOUSES_OF_A_BUILDING, rows + 3) - 1
        sheet.merge_cells(start_row=first, end_row=last, start_column=2, end_column=2)
    book.save(target)


def measure(home: Path, file: Path, *options: str) -> dict[str, object]:
    """One call of the command: wall seconds, processor seconds, peak memory (MB), rows by state."""
    env = dict(os.environ, DANGAN_HOME=str(home))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    call = [sys.executable, "-c", CODE, "estate", "import", str(file), *options]
    done = subprocess.run(call, env=env, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "what": " ".join(("import", *options)),
        "seconds": round(wall, 1),
        "processor": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        "peak_mb": after.ru_maxrss // 1024,
        "said": (done.stdout.strip().splitlines() or [done.stderr.strip()])[-1],
    }


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with scratch_home() as home, tempfile.TemporaryDirectory() as folder:
        dangan("init", home=home)
        for count in (rows // 5, rows):
            file = Path(folder) / f"{count}.xlsx"
            register(count, file)
            for options in (("--dry-run",), ()):
                print(json.dumps({"rows": count, **measure(home, file, *options)}, ensure_ascii=False))


if __name__ == "__main__":
    main()

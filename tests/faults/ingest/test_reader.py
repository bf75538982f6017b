"""Whatever happens to the child, the answer is a typed result and the next file is read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from PIL import Image

from ingest import reader as reader_module
from ingest.facts import FileState, Limits
from ingest.reader import Reader, ReadError

PNG = "image/png"
SPEAK = "import json,os,struct,sys,time\ndef say(b): os.write(1, struct.pack('>I', len(b)) + b)\nos.read(0, 1 << 20)\n"

HOSTILE = {
    "garbage": "os.write(1, os.urandom(4096)); time.sleep(60)",
    "a frame of four gigabytes": "os.write(1, b'\\xff\\xff\\xff\\xff'); time.sleep(60)",
    "no JSON": "say(b'{not json'); time.sleep(60)",
    "no object": "say(b'[1, 2]'); time.sleep(60)",
    "nesting": "say(b'[' * 200000); time.sleep(60)",
    "facts of another shape": "say(json.dumps({'facts': {'state': 'read', 'pages': 7}}).encode()); time.sleep(60)",
    "unknown state": "say(json.dumps({'facts': {'state': 'filed', 'media_type': 'x'}}).encode()); time.sleep(60)",
    "unknown error": "say(json.dumps({'error': 'rm -rf'}).encode()); time.sleep(60)",
    "error of another type": "say(json.dumps({'error': ['x'], 'details': 3}).encode()); time.sleep(60)",
    "too many pages": "say(json.dumps({'pages': 10**12}).encode()); time.sleep(60)",
    "half a frame": "os.write(1, struct.pack('>I', 100) + b'abc')",
    "silence, then gone": "sys.exit(3)",
}


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    document = docx.Document()
    document.add_paragraph("关于电梯维修的通知")
    path = tmp_path / "通知.docx"
    document.save(str(path))
    return path


@pytest.fixture
def reader() -> Iterator[Reader]:
    with Reader() as made:
        yield made


def only_code(facts: object) -> str:
    (found,) = facts.problems  # type: ignore[attr-defined]
    return str(found.code)


def gone(group: int) -> bool:
    """Whether no process of a group lives; a killed one may take a moment, and is dead before anyone buries it."""
    for _ in range(50):
        if not any(alive(stat, group) for stat in Path("/proc").glob("[0-9]*/stat")):
            return True
        time.sleep(0.1)
    return False


def alive(stat: Path, group: int) -> bool:
    try:
        state, _, its_group = stat.read_text().rpartition(")")[2].split()[:3]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return int(its_group) == group and state != "Z"


@pytest.mark.parametrize("speech", HOSTILE)
def test_a_hostile_child_cannot_hurt_the_parent(
    letter: Path, monkeypatch: pytest.MonkeyPatch, speech: str
) -> None:
    monkeypatch.setattr(reader_module, "COMMAND", (sys.executable, "-c", SPEAK + HOSTILE[speech]))
    with Reader() as reader:
        facts = reader.read_file(letter, limits=Limits(seconds=10))
        assert facts.state == FileState.UNREADABLE
        assert only_code(facts) in ("reader_garbled", "reader_crashed")
        assert reader._child is None  # it is not asked again
        with pytest.raises(ReadError):
            reader.render(letter, "application/pdf", 1, 600, Limits(seconds=10))


def test_endless_notices_do_not_put_off_the_end(letter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = SPEAK + "while True: say(json.dumps({'pages': 0}).encode())"
    monkeypatch.setattr(reader_module, "COMMAND", (sys.executable, "-c", script))
    monkeypatch.setattr(reader_module, "_START_SECONDS", 0.0)
    with Reader() as reader:
        start = time.monotonic()
        assert only_code(reader.read_file(letter, limits=Limits(seconds=1))) == "time_limit"
        assert time.monotonic() - start < 5


def test_processor_time_is_a_time_limit(letter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = SPEAK + "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 60))\nwhile True: pass"
    monkeypatch.setattr(reader_module, "COMMAND", (sys.executable, "-c", script))
    with Reader() as reader:
        assert only_code(reader.read_file(letter, limits=Limits(seconds=60))) == "time_limit"


def test_a_child_that_hangs_is_killed_with_its_children(
    letter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = SPEAK + "import subprocess; p = subprocess.Popen(['sleep', '300']); time.sleep(300)"
    monkeypatch.setattr(reader_module, "COMMAND", (sys.executable, "-c", script))
    monkeypatch.setattr(reader_module, "_START_SECONDS", 0.0)
    with Reader() as reader:
        group: list[int] = []
        threading.Timer(0.8, lambda: group.append(reader._child.process.pid if reader._child else 0)).start()
        assert only_code(reader.read_file(letter, limits=Limits(seconds=1.5))) == "time_limit"
        assert group[0]
        assert gone(group[0])


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.3, 0.8])
def test_killed_at_any_moment_the_next_file_is_read(reader: Reader, letter: Path, delay: float) -> None:
    def kill() -> None:
        child = reader._child
        if child is not None:
            os.kill(child.process.pid, signal.SIGKILL)

    timer = threading.Timer(delay, kill)
    timer.start()
    facts = reader.read_file(letter)
    timer.join()
    if facts.state != FileState.READ:
        assert only_code(facts) == "reader_crashed"
        assert "SIGKILL" in facts.problems[0].message
    assert reader.read_file(letter).state == FileState.READ


def test_killed_between_files_nobody_notices(reader: Reader, letter: Path) -> None:
    assert reader.read_file(letter).state == FileState.READ
    assert reader._child is not None
    reader._child.process.kill()
    reader._child.process.wait()
    assert reader.read_file(letter).state == FileState.READ


def test_a_memory_limit_ends_one_file_only(reader: Reader, letter: Path, tmp_path: Path) -> None:
    big = tmp_path / "图.png"
    Image.new("L", (10_000, 11_000), 255).save(big)
    tight = Limits(memory=32 * 1024**2, recognition=64 * 1024**2)
    with pytest.raises(ReadError) as caught:
        reader.render(big, PNG, 1, 6000, tight)
    assert caught.value.code == "memory_limit"
    assert reader.read_file(letter).state == FileState.READ


def test_a_missing_file_is_told(reader: Reader, tmp_path: Path) -> None:
    assert only_code(reader.read_file(tmp_path / "weg.pdf")) == "file_missing"


def test_the_child_is_recycled_and_ends_with_the_reader(letter: Path) -> None:
    with Reader(recycle_files=2) as reader:
        pids = []
        for _ in range(5):
            reader.read_file(letter)
            pids.append(reader._child.process.pid if reader._child else None)
        assert len({pid for pid in pids if pid}) >= 2
    assert reader._child is None
    for pid in {pid for pid in pids if pid}:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_the_child_follows_a_parent_that_dies(letter: Path) -> None:
    script = (
        "import os,sys\nfrom pathlib import Path\nfrom ingest.reader import Reader\n"
        f"r = Reader(); r.read_file(Path({str(letter)!r}))\n"
        "print(r._child.process.pid, flush=True)\nos.kill(os.getpid(), 9)\n"
    )
    parent = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    pid = int(parent.stdout)
    for _ in range(60):
        if (
            not Path(f"/proc/{pid}").exists()
            or "Z" in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1][:3]
        ):
            return
        time.sleep(0.1)
    pytest.fail("the child outlived its parent")


def test_after_a_fork_each_process_has_its_own_child(reader: Reader, letter: Path) -> None:
    assert reader.read_file(letter).state == FileState.READ
    assert reader._child is not None
    ours = reader._child.process.pid
    forked = os.fork()
    if forked == 0:
        try:
            fine = reader.read_file(letter).state == FileState.READ and reader._child.process.pid != ours
            reader.close()
            os._exit(0 if fine else 1)
        except BaseException:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(forked, 0)[1]) == 0
    assert reader.read_file(letter).state == FileState.READ
    assert reader._child is not None
    assert reader._child.process.pid == ours


def test_the_child_knows_nothing_of_our_settings(
    reader: Reader, letter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DANGAN_DATABASE_URL", "postgresql://user:secret@localhost/x")
    reader.read_file(letter)
    assert reader._child is not None
    pid = reader._child.process.pid
    assert b"secret" not in Path(f"/proc/{pid}/environ").read_bytes()
    limits = Path(f"/proc/{pid}/limits").read_text()
    for line in limits.splitlines():
        if line.startswith(("Max core file size", "Max file size")):
            assert line.split()[-3:-1] == ["0", "0"]


def test_many_threads_take_turns(reader: Reader, letter: Path) -> None:
    states: list[FileState] = []
    threads = [
        threading.Thread(target=lambda: states.append(reader.read_file(letter).state)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert states == [FileState.READ] * 8

"""The reading child can neither reach a network nor write nor start or touch a process: tried, not believed."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import reader as reader_module
from ingest.reader import Reader

ATTEMPTS = """
import json, os, pathlib, signal, socket, subprocess, tempfile, threading
here, port = pathlib.Path({here!r}), {port}
def connect():
    socket.create_connection(("127.0.0.1", port), 2).send(b"x")
def environ():
    if not open(f"/proc/{{os.getppid()}}/environ", "rb").read(): raise OSError("empty")
def memory():
    open(f"/proc/{{os.getppid()}}/mem", "rb").read(1)
attempts = {{
    "tcp": connect,
    "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port)),
    "unix socket": lambda: socket.socketpair(),
    "name look-up": lambda: socket.getaddrinfo("localhost", 80, socket.AF_INET)[0] and socket.socket(),
    "new file": lambda: (here / "new").open("w"),
    "append": lambda: (here / "there").open("a"),
    "change": lambda: (here / "there").open("r+b"),
    "remove": lambda: (here / "there").unlink(),
    "rename": lambda: (here / "there").rename(here / "gone"),
    "link": lambda: os.link(here / "there", here / "second"),
    "symbolic link": lambda: os.symlink("/etc/passwd", here / "second"),
    "folder": lambda: (here / "folder").mkdir(),
    "mode": lambda: (here / "there").chmod(0o777),
    "temporary file": tempfile.mkstemp,
    "shared memory": lambda: open("/dev/shm/dangan-test", "w"),
    "program": lambda: subprocess.run(["true"]),
    "process": os.fork,
    "signal": lambda: os.kill(os.getppid(), 0),
    "settings of the parent": environ,
    "memory of the parent": memory,
}}
found = {{}}
for name, attempt in attempts.items():
    try:
        attempt()
        found[name] = "done"
    except OSError as error:
        found[name] = "refused"
found["shell"] = "refused" if os.system("true") else "done"
threading.Thread(target=lambda: found.update(thread="done")).start()
found["read"] = (here / "there").read_text()
"""

INSIDE = (
    "import sys\nimport ingest.child as child\n"
    "class Pipeline:\n    def read(self, path, name, limits, *more, **named):\n"
    "        from ingest.facts import FileFacts, FileState, Page\n"
    "        scope = {{}}\n        exec({attempts!r}, scope)\n"
    "        import json\n"
    "        return FileFacts(FileState.READ, 'text/plain', (Page(1, (), json.dumps(scope['found'])),))\n"
    "child._Server._pipeline = lambda *given: Pipeline()\n"
    "sys.exit(child.main())\n"
)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        made.settimeout(0.2)
        yield made


def judge(found: dict[str, str], listener: socket.socket, folder: Path) -> None:
    assert found.pop("read") == "kept"
    assert found.pop("thread", "done") == "done"
    assert {name for name, how in found.items() if how != "refused"} == set()
    with pytest.raises(TimeoutError):
        listener.accept()
    assert [(path.name, path.read_text()) for path in folder.iterdir()] == [("there", "kept")]


def test_what_the_child_of_a_reader_may_not_do(
    tmp_path: Path, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "there").write_text("kept")
    attempts = ATTEMPTS.format(here=str(folder), port=listener.getsockname()[1])
    monkeypatch.setattr(reader_module, "COMMAND", (sys.executable, "-c", INSIDE.format(attempts=attempts)))
    with Reader() as reader:
        facts = reader.read_file(folder / "there")
        assert reader._child is not None
        status = Path(f"/proc/{reader._child.process.pid}/status").read_text()
    assert facts.pages, facts
    judge(json.loads(facts.pages[0].text), listener, folder)
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert fields["Seccomp"] == "2"
    assert fields["NoNewPrivs"] == "1"
    assert int(fields["CapEff"], 16) & ~0b100 == 0


@pytest.mark.parametrize("lock", ["_landlock", "_seccomp"])
def test_one_lock_alone_keeps_files_from_being_written(tmp_path: Path, lock: str) -> None:
    """A kernel may know only one of them."""
    (tmp_path / "there").write_text("kept")
    others = {"_landlock", "_seccomp", "_drop_capabilities"} - {lock}
    script = "import sys\nfrom ingest import confine as c\n" + "".join(
        f"c.{n} = lambda libc: False\n" for n in others
    )
    script += (
        "print(sorted(c.confine()))\n"
        "for act in (lambda: open(sys.argv[1] + '/new', 'w'), lambda: open(sys.argv[1] + '/there', 'a')):\n"
        "    try:\n        act()\n        print('done')\n    except OSError:\n        print('refused')\n"
        "print(open(sys.argv[1] + '/there').read())\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, timeout=60
    )
    assert run.stdout.split() == [f"['{lock[1:]}']", "refused", "refused", "kept"], run.stderr

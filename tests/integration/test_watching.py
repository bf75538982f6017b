"""The watched folder: whole files only, each once, whatever breaks off in the middle."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive.domain.records import Intake
from archive.domain.watching import WatchedFile, partial, wishes
from archive.ports.store import StoreUnavailable
from archive.services import folders, watching
from archive.services.errors import Refused
from schemas.titles import Titles
from tests.builders import Town, an_archive


class Scanner:
    """A scanner's folder beside an archive."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "scans"
        self.folder.mkdir()
        self.town: Town = an_archive(folder / "home", DANGAN_WATCH=str(self.folder)).with_people()

    def writes(self, name: str, content: bytes = b"a page") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def looks(self, times: int = 2) -> int:
        """The scheduler's rounds, 15 seconds apart."""
        came = 0
        for _ in range(times):
            came += watching.look(self.town.archive)
            self.town.clock.forward(seconds=15)
        return came

    def came(self) -> list[Intake]:
        with self.town.archive.uow() as uow:
            return uow.list(Intake, order=("id",))

    def files(self) -> list[str]:
        found = (p for p in self.folder.rglob("*") if not p.is_dir())
        return sorted(str(p.relative_to(self.folder)) for p in found)

    def rows(self) -> list[WatchedFile]:
        with self.town.archive.uow() as uow:
            return uow.list(WatchedFile)

    def view(self) -> watching.WatchView:
        view = watching.state(self.town.archive, self.town.who["archivist"])
        assert view is not None
        return view


@pytest.fixture
def scanner(tmp_path: Path) -> Iterator[Scanner]:
    made = Scanner(tmp_path)
    yield made
    for part in tmp_path.rglob("*"):
        if part.is_dir() and not part.is_symlink():
            part.chmod(0o755)


def test_a_file_is_taken_once_it_stands_still(scanner: Scanner) -> None:
    scanner.writes("scan-001.txt", b"one")
    assert scanner.looks(1) == 0
    assert scanner.view().waiting == ("scan-001.txt",)
    assert scanner.looks(1) == 1
    assert scanner.files() == ["taken/2026-03-06/scan-001.txt"]
    (item,) = scanner.came()
    assert (item.original_name, item.batch, item.received_by) == (
        "scan-001.txt",
        "watch-2026-03-06",
        "system",
    )
    scanner.town.works()
    assert scanner.looks(3) == 0
    assert (len(scanner.came()), scanner.rows()) == (1, [])


def test_a_file_that_grows_waits(scanner: Scanner) -> None:
    path = scanner.writes("long.txt", b"1")
    for n in range(4):
        assert scanner.looks(1) == 0
        path.write_bytes(b"1" * (n + 2))
    scanner.looks()
    assert [i.size for i in scanner.came()] == [5]


def test_a_file_that_is_open_for_writing_waits(scanner: Scanner) -> None:
    with scanner.writes("slow.txt").open("ab"):
        assert scanner.looks(4) == 0
    assert scanner.looks(1) == 1


def test_an_empty_file_waits_longer(scanner: Scanner) -> None:
    scanner.writes("page.txt", b"")
    assert scanner.looks(5) == 0
    scanner.town.clock.forward(minutes=11)
    assert scanner.looks(1) == 1


@pytest.mark.parametrize("name", ["a.tmp", "b.PART", "~$c.docx", ".hidden", "d.pdf.crdownload", "Thumbs.db"])
def test_names_of_files_under_way_are_left_alone(scanner: Scanner, name: str) -> None:
    scanner.writes(name)
    assert scanner.looks(4) == 0
    assert scanner.files() == [name]
    assert partial(name)


def test_folders_name_the_type_and_the_house(scanner: Scanner) -> None:
    scanner.writes("3-2-1203/业主资料卡/卡.txt", b"1")
    scanner.writes("callback_record/x.txt", b"2")
    scanner.writes("周一的扫描/y.txt", b"3")
    scanner.looks()
    wanted = {i.original_name: (i.wanted_type, i.wanted_house, i.folder) for i in scanner.came()}
    assert wanted == {
        "卡.txt": ("owner_card", "3-2-1203", "3-2-1203/业主资料卡"),
        "x.txt": ("callback_record", None, "callback_record"),
        "y.txt": (None, None, "周一的扫描"),
    }
    pack = scanner.town.archive.pack
    assert wishes("callback_record/业主资料卡", pack, Titles(pack))[0] == "owner_card", "the closest counts"


def test_links_and_special_files_are_never_followed(scanner: Scanner, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key.txt").write_text("outside")
    (scanner.folder / "link.txt").symlink_to(tmp_path / "secret" / "key.txt")
    (scanner.folder / "folder").symlink_to(tmp_path / "secret")
    os.mkfifo(scanner.folder / "pipe.pdf")
    assert scanner.looks(4) == 0
    assert dict(scanner.view().wrong) == {"link.txt": "link", "folder": "link", "pipe.pdf": "special"}
    assert (tmp_path / "secret" / "key.txt").exists()


def test_a_file_that_becomes_a_link_is_not_followed(
    scanner: Scanner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret.txt").write_text("outside")
    path = scanner.writes("a.txt", b"outside")
    scanner.looks(1)
    real = watching.opened

    def swapped(*args: object) -> object:
        path.unlink(missing_ok=True)
        path.symlink_to(tmp_path / "secret.txt")
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(watching, "opened", swapped)
    assert scanner.looks(1) == 0
    assert scanner.came() == []


def test_equal_names_do_not_overwrite_each_other(scanner: Scanner) -> None:
    for content in (b"one", b"two", b"three"):
        scanner.writes("scan.txt", content)
        scanner.looks()
    assert scanner.files() == [f"taken/2026-03-06/scan{n}.txt" for n in (" (1)", " (2)", "")]
    assert len(scanner.came()) == 3


def test_a_file_over_the_limit_goes_aside_with_a_note(scanner: Scanner) -> None:
    scanner.town.archive = replace(scanner.town.archive, max_upload=10)
    scanner.writes("big.txt", b"x" * 11)
    scanner.looks(3)
    assert scanner.files() == ["refused/2026-03-06/big.txt", "refused/2026-03-06/big.txt.txt"]
    note = (scanner.folder / "refused/2026-03-06/big.txt.txt").read_text(encoding="utf-8")
    assert "上限" in note
    assert (scanner.came(), scanner.rows()) == ([], [])


def test_what_reading_refuses_goes_aside_too(scanner: Scanner) -> None:
    scanner.writes("program.pdf", b"MZ" + b"\0" * 2000 + b"PE\0\0")
    scanner.looks()
    scanner.town.works()
    (item,) = scanner.came()
    assert item.state == "refused"
    scanner.looks(1)
    assert scanner.files() == ["refused/2026-03-06/program.pdf", "refused/2026-03-06/program.pdf.txt"]


@pytest.mark.parametrize("step", ["store_bytes", "take_in", "_moved", "move_aside", "_forget"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_at_any_step_takes_each_file_once(
    scanner: Scanner, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    names = ["a.txt", "b.txt"]
    for name in names:
        scanner.writes(name, name.encode())
    scanner.looks(1)
    place = watching.intake if step in ("store_bytes", "take_in") else watching
    real: Callable[..., object] = getattr(place, step)

    def dies(*args: object, **named: object) -> object:
        if when == "after":
            real(*args, **named)
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(place, step, dies)
        for _ in range(3):
            try:
                scanner.looks(1)
            except KeyboardInterrupt:
                scanner.town.clock.forward(seconds=15)
            scanner.town.works()
    scanner.looks(3)
    scanner.town.works()
    scanner.looks(2)
    assert sorted(i.original_name for i in scanner.came()) == names
    assert scanner.files() == [f"taken/2026-03-06/{n}" for n in names]
    assert scanner.rows() == []


def test_two_schedulers_at_once_take_each_file_once(scanner: Scanner) -> None:
    names = [f"{n:02}.txt" for n in range(12)]
    for name in names:
        scanner.writes(name, name.encode())
    scanner.looks(1)
    start = threading.Barrier(3)

    def one() -> None:
        start.wait()
        for _ in range(3):
            watching.look(scanner.town.archive)

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    scanner.looks(1)
    assert sorted(i.original_name for i in scanner.came()) == names
    assert scanner.files() == [f"taken/2026-03-06/{n}" for n in names]


def test_a_folder_that_is_away_is_said_and_comes_back(scanner: Scanner) -> None:
    scanner.folder.rename(scanner.folder.with_name("gone"))
    assert scanner.looks(1) == 0
    assert scanner.view().problem == "folder_away"
    scanner.folder.with_name("gone").rename(scanner.folder)
    scanner.writes("a.txt")
    assert scanner.looks() == 1
    assert scanner.view().problem == ""


def test_a_store_that_is_away_leaves_the_file_where_it_is(
    scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("gone")

    scanner.writes("a.txt")
    with monkeypatch.context() as patched:
        patched.setattr(type(scanner.town.archive.store), "receive", away)
        assert scanner.looks(3) == 0
        assert scanner.view().problem == "engine_away"
        assert scanner.files() == ["a.txt"]
    assert scanner.looks(1) == 1


def test_a_taken_file_that_was_replaced_before_it_moved_is_a_new_one(
    scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanner.writes("a.txt", b"first")
    scanner.looks(1)
    with monkeypatch.context() as dying:
        dying.setattr(watching, "move_aside", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            scanner.looks(1)
    (scanner.folder / "a.txt").unlink()
    scanner.writes("a.txt", b"second one")
    scanner.town.works()
    scanner.looks(4)
    assert [i.size for i in scanner.came()] == [5, 10]


def test_only_who_sees_intake_sees_the_folder(scanner: Scanner) -> None:
    with pytest.raises(Refused):
        watching.state(scanner.town.archive, scanner.town.who["staff"])


def test_moving_never_overwrites_and_tells_another_file_apart(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    seen = folders.seen_now(tmp_path, "a")
    (tmp_path / "a").unlink()
    (tmp_path / "a").write_text("other")
    assert folders.move_aside(tmp_path, "a", seen, "taken") == ""
    assert (tmp_path / "a").read_text() == "other"

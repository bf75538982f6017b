"""Malware: every file is looked at before anything reads it, when a scanner is configured (design 6)."""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO

from archive.domain.records import Intake
from archive.ports.scanner import ScanLimit, ScannerUnavailable
from archive.services.archive import Archive
from archive.services.objects import plain
from ingest.facts import Problem

AWAY = Problem("scanner_away", "病毒扫描程序没有应答，文件先不读取；恢复后自动继续，请管理员查看健康页。")


def found_in(archive: Archive, source: BinaryIO) -> Problem | None:
    """Why this file may not be read; None when it is clean or no scanner is configured.

    What cannot be scanned to its end does not pass. Raises ScannerUnavailable.
    """
    if archive.scanner is None:
        return None
    try:
        name = archive.scanner.scan(source)
    except ScanLimit as limit:
        message = "文件超过病毒扫描程序的上限，没有扫描，因此没有读取；请管理员调高上限后重新上传。"
        return Problem("not_scanned", message, {"reason": str(limit)[:200]})
    if name is None:
        return None
    message = f"文件带有恶意软件（{name}），未读取也未归档，原件已隔离；请检查来源的电脑。"
    return Problem("infected", message, {"name": name[:200]})


def let_wait(archive: Archive, item: Intake) -> None:
    """Say on the intake page why the file waits; reading it later says what is true then."""
    if any(p.get("code") == AWAY.code for p in item.problems):
        return
    with archive.uow(write=True) as uow:
        fresh = uow.get(Intake, item.id)
        if fresh is not None and fresh.state in ("waiting", "reading"):
            uow.put(replace(fresh, problems=(plain(AWAY),)))
            uow.commit()


__all__ = ["AWAY", "ScannerUnavailable", "found_in", "let_wait"]

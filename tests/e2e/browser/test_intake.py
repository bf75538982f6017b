"""Papers come in through the browser: large files in pieces, broken off and gone on with, duplicates decided."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser.conftest import DESKTOP, PASSWORD, PHONE
from tests.e2e.running import Running, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LETTER = (
    "关于地下车库照明改造的通知。" + "经业主委员会同意，自下月起分三期更换灯具，期间请勿在施工区域停车。" * 4
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """An archive that may be stopped and started again."""
    folder = tmp_path_factory.mktemp("intake")
    scans = folder / "scans"
    scans.mkdir()
    running = Running(folder / "home", {"DANGAN_WATCH": str(scans)}, ("--workers", "1"))
    running.dangan("init")
    running.dangan("user", "add", "archivist", "--roles", "archivist", "--password-stdin", stdin=PASSWORD)
    running.start()
    yield running
    assert running.stop() == 0


@pytest.fixture
def page(engine: Browser, office: Running) -> Iterator[Page]:
    context = engine.new_context(base_url=office.url, viewport=DESKTOP, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto("/sign-in")
    page.fill("#name", "archivist")
    page.fill("#password", PASSWORD)
    page.locator("form.stack button").click()
    page.wait_for_url("/")
    yield page
    context.close()


def sent_share(page: Page, least: float) -> None:
    """Wait until so much of the only file is sent."""
    bar = page.locator("[data-list] li progress")
    until(lambda: float(bar.evaluate("bar => bar.value")) > least, 60, f"{least} of the file")


def shot(page: Page, name: str) -> None:
    """A picture at both widths, where DANGAN_SHOTS names a folder."""
    folder = os.environ.get("DANGAN_SHOTS")
    if folder:
        for width, size in ((1280, DESKTOP), (390, PHONE)):
            page.set_viewport_size(size)
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
        page.set_viewport_size(DESKTOP)


def test_a_folder_comes_in_with_its_paths(page: Page, tmp_path: Path) -> None:
    inside = tmp_path / "3栋" / "1203"
    inside.mkdir(parents=True)
    for n in range(3):
        (inside / f"验房{n}.txt").write_text(f"验房记录 {n}", encoding="utf-8")
    page.goto("/intake")
    shot(page, "intake-empty")
    page.set_input_files("[data-folders]", tmp_path / "3栋")
    expect(page.locator("#batch .file")).to_have_count(3)
    expect(page.locator("#batch .file").first).to_contain_text("3栋/1203")
    expect(page.locator("[data-list] li")).to_have_count(0)
    shot(page, "intake-batch")


def test_an_upload_goes_on_after_the_server_was_restarted(
    page: Page, office: Running, tmp_path: Path
) -> None:
    big = tmp_path / "一季度登记簿.pdf"
    big.write_bytes(b"%PDF-1.4\n" + random.Random(3).randbytes(40 * 1024**2))
    client = page.context.new_cdp_session(page)
    page.goto("/intake")
    client.send("Network.enable")
    slow = {"offline": False, "latency": 5, "downloadThroughput": -1, "uploadThroughput": 8 * 1024**2}
    client.send("Network.emulateNetworkConditions", slow)
    page.set_input_files("[data-files]", big)
    bar = page.locator("[data-list] li progress")
    sent_share(page, 0.3)
    shot(page, "intake-sending")
    office.stop()
    expect(page.locator("[data-list] .state")).to_contain_text("自动续传")
    shot(page, "intake-away")
    assert float(bar.evaluate("bar => bar.value")) > 0.2
    office.start()
    expect(page.locator("[data-list] li")).to_have_count(0, timeout=120_000)
    expect(page.locator("#batch")).to_contain_text("一季度登记簿.pdf")


def test_an_upload_is_paused_gone_on_with_and_taken_up_after_a_reload(page: Page, tmp_path: Path) -> None:
    big = tmp_path / "值班记录扫描.pdf"
    big.write_bytes(b"%PDF-1.4\n" + random.Random(4).randbytes(30 * 1024**2))
    client = page.context.new_cdp_session(page)
    page.goto("/intake")
    client.send("Network.enable")
    slow = {"offline": False, "latency": 5, "downloadThroughput": -1, "uploadThroughput": 8 * 1024**2}
    client.send("Network.emulateNetworkConditions", slow)
    page.set_input_files("[data-files]", big)
    sent_share(page, 0.4)
    page.locator("[data-do=pause]").click()
    expect(page.locator("[data-list] .state")).to_have_text("已暂停")
    page.goto("/intake")  # a paused upload does not hold anybody back
    expect(page.locator("section", has_text="没有传完")).to_contain_text("值班记录扫描.pdf")
    shot(page, "intake-unfinished")
    sent: list[int] = []
    page.on("request", lambda r: sent.append(1) if r.method == "PATCH" else None)
    page.set_input_files("[data-files]", big)
    page.wait_for_url("**/intake/*", timeout=60_000)
    expect(page.locator("#batch")).to_contain_text("值班记录扫描.pdf")
    assert 0 < len(sent) < 4, "only what was missing was sent"


def test_a_file_that_is_refused_says_why_and_can_be_cancelled(page: Page, tmp_path: Path) -> None:
    page.goto("/intake")
    page.route(
        "**/intake/uploads",
        lambda route: route.fulfill(
            status=422,
            json={
                "error": {
                    "code": "too_large",
                    "message": "文件超过 2048 MB 的上限。",
                    "hint": "请拆分后再传。",
                }
            },
        ),
    )
    page.set_input_files("[data-files]", {"name": "大.txt", "mimeType": "text/plain", "buffer": b"x"})
    line = page.locator("[data-list] li")
    expect(line).to_contain_text("超过 2048 MB")
    shot(page, "intake-failed")
    page.unroute("**/intake/uploads")
    line.get_by_role("button", name="重试").click()
    expect(page.locator("#batch")).to_contain_text("大.txt")


def test_two_like_papers_stand_side_by_side(page: Page, office: Running) -> None:
    client = office.client("archivist", PASSWORD)
    for n, text in enumerate((LETTER, LETTER.replace("三期", "两期"))):
        client.post("/intake", params={"name": f"通知{n}.txt"}, content=text.encode()).raise_for_status()
    client.close()

    def found() -> bool:
        page.goto("/duplicates")
        return page.locator(".alike").count() > 0

    until(found, 90, "a pair")
    for image in page.locator(".pair-page img").all():
        expect(image).not_to_have_js_property("naturalWidth", 0)
    shot(page, "duplicates")
    page.get_by_role("button", name="同一份：").click()
    expect(page.locator(".alike")).to_have_count(0)
    page.goto("/duplicates?decided=true")
    page.get_by_role("button", name="撤回").click()
    page.goto("/duplicates")
    expect(page.locator(".alike")).to_have_count(1)


def test_a_catalogue_is_looked_through_and_taken_over(page: Page, tmp_path: Path) -> None:
    rows = [{"type": "回访记录表", "date": "2021-05-07", "text": f"第{n}次回访"} for n in range(40)]
    rows.append({"type": "没有这种表", "text": "x"})
    path = tmp_path / "旧目录.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    page.goto("/takeovers")
    page.set_input_files("#catalogue", path)
    page.get_by_role("button", name="先看一遍").click()
    expect(page.locator("tbody tr")).to_have_count(20)
    shot(page, "takeover-preview")
    page.get_by_role("button", name="全部导入").click()
    expect(page.locator("#takeover h2")).to_have_text("已导入", timeout=60_000)
    expect(page.locator("#takeover")).to_contain_text("第 41 行")
    shot(page, "takeover-done")
    with page.expect_download() as download:
        page.get_by_role("link", name="报告（.csv）").click()
    assert Path(download.value.path()).read_text(encoding="utf-8-sig").count("\n") == 42


def test_the_watched_folder_is_seen_at_work(page: Page, office: Running) -> None:
    scans = Path(office.settings["DANGAN_WATCH"])
    (scans / "扫描 001.txt").write_text("扫描仪写的一页", encoding="utf-8")
    page.goto("/intake")
    expect(page.locator("section", has_text="监视的文件夹").first).to_be_visible()
    until(lambda: list(scans.glob("taken/*/扫描 001.txt")), 60, "the file to be taken")
    shot(page, "intake-watched")

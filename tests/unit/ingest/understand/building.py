"""Pages and packs put together by hand: no recogniser, no files."""

from __future__ import annotations

from hashlib import sha256

from ingest.facts import Box, Line, Page
from schemas.model import FieldSpec, FieldType, Pack, Place, RecordType

Cell = tuple[float, float, str]
"""Left edge and top edge as fractions of the page, and the text."""


def line(x: float, y: float, text: str, page: int = 1, size: float = 0.012, confidence: float = 0.98) -> Line:
    """A line of text of `size` (height as a fraction of the page) on a portrait A4 page."""
    wide = sum(1.0 if ord(c) > 0x2E80 else 0.55 for c in text) * size * 297 / 210
    return Line(text, Box(page, x, y, min(1.0, x + wide), y + size), confidence)


def title(text: str, page: int = 1, y: float = 0.07) -> Line:
    """A big centred line."""
    wide = len(text) * 0.024 * 297 / 210
    return line(0.5 - wide / 2, y, text, page, size=0.024)


def page(*lines: Line, number: int = 1, blank: bool = False) -> Page:
    """A scanned page with these lines."""
    return Page(number, lines, "\n".join(x.text for x in lines), 1653, 2339, origin="ocr", blank=blank)


def text_page(text: str, number: int = 1) -> Page:
    """A born-digital page: lines without boxes, cells by tab."""
    return Page(number, tuple(Line(t, None) for t in text.split("\n")), text)


def kind(
    code: str,
    title_zh: str,
    *fields: FieldSpec,
    aliases: tuple[str, ...] = (),
    marks: tuple[str, ...] = (),
    signatures: tuple[Place, ...] = (),
    seals: tuple[Place, ...] = (),
    form: str = "form",
    dossier: str = "owner_file",
) -> RecordType:
    """A record type with what understanding looks at."""
    return RecordType(
        code,
        title_zh,
        code.replace("_", " "),
        "tests",
        form,
        dossier,
        "internal",
        (),
        aliases=aliases,
        marks=marks,
        fields=fields,
        signatures=signatures,
        seals=seals,
    )


HOUSE = FieldSpec(
    "house", "房号", "House", FieldType.HOUSE, ("房屋", "单位编号"), role="house", required=True
)
OWNER = FieldSpec(
    "owner", "业主姓名", "Owner", FieldType.PERSON, ("业主", "乙方"), role="owner", required=True
)
PHONE = FieldSpec("phone", "联系电话", "Phone", FieldType.PHONE, ("电话",))
OWNER_SIGNS = Place("owner_signature", "业主签名", "Owner's signature", aliases=("业主签字", "签字"))


def day(label: str, *aliases: str) -> FieldSpec:
    """The field that dates a record."""
    return FieldSpec("date", label, "Date", FieldType.DATE, aliases, role="date")


CARD = kind(
    "owner_card",
    "业主资料卡",
    OWNER,
    HOUSE,
    PHONE,
    day("入住日期"),
    marks=("家庭成员", "紧急联系人"),
    signatures=(OWNER_SIGNS,),
)
INSPECTION = kind(
    "house_inspection",
    "业主验房表",
    OWNER,
    HOUSE,
    PHONE,
    day("验房日期"),
    aliases=("业主验房单",),
    signatures=(OWNER_SIGNS,),
)
AGREEMENT = kind(
    "service_agreement",
    "前期物业管理服务协议",
    OWNER,
    HOUSE,
    PHONE,
    form="agreement",
    signatures=(OWNER_SIGNS,),
)
CALLBACK = kind(
    "callback_record",
    "回访记录表",
    OWNER,
    HOUSE,
    day("回访日期", "日期"),
    dossier="register_quarter",
    form="register",
)
PLEDGE = kind("safety_pledge", "业主安全承诺书", HOUSE, marks=("高空抛物", "私拉乱接"), form="agreement")
CERTIFICATE = kind(
    "id_copy",
    "业主身份证复印件",
    FieldSpec("name", "姓名", "Name", FieldType.PERSON, role="owner"),
    FieldSpec("id", "公民身份号码", "Number", FieldType.ID_NUMBER),
    marks=("公民身份号码", "签发机关"),
)


def pack(*kinds: RecordType) -> Pack:
    """A pack of these types, or of all above."""
    every = kinds or (CARD, INSPECTION, AGREEMENT, CALLBACK, PLEDGE, CERTIFICATE)
    version = sha256(repr(every).encode()).hexdigest()
    return Pack(version, {k.code: k for k in every}, {}, {}, {})

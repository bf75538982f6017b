"""House grammar: every usual way of writing a house to its one canonical key.

A key is building-unit-room or building-room, in Arabic digits and upper-case letters, leading zeros stripped
from each part: 3栋2单元1203, 3-2-1203 and 三棟二單元１２０３室 are "3-2-1203", A座0905 is "A-905". Where an
estate counts its buildings by phase or area, that stands before the building: 2期3栋602 is "2期3-602", 东3栋602
"东区3-602". A floor that is written beside the room (12层03室) becomes part of the room ("1203").

In a field for houses there are also shops, parking spaces, store rooms and villas: 3栋商铺05 is "3-铺5", 商铺12号
"铺-12", 车位B2-023 "车-B2-23", 3栋地下室05 "3-储5", 12号别墅 "墅-12".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from schemas.numerals import NUMERALS, chinese_number
from schemas.text import fold


@dataclass(frozen=True, slots=True)
class FoundHouse:
    """A house found in running text.

    Its key, what was written, and where (character offsets of the original).
    """

    key: str
    written: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, order=True)
class HouseKey:
    """The parts of a canonical key; `area` and `unit` are "" where the house has none."""

    area: str
    building: str
    unit: str
    room: str

    @classmethod
    def of(cls, key: str) -> HouseKey:
        """The parts of `key`; ValueError if it is no canonical key."""
        match = _KEY.fullmatch(key)
        if match is None:
            raise ValueError(f"{key!r} is no house key such as 3-2-1203")
        return cls(match["area"] or "", match["building"], match["unit"] or "", match["room"])

    def __str__(self) -> str:
        return self.area + "-".join(part for part in (self.building, self.unit, self.room) if part)


def display_zh(key: str) -> str:
    """A key as people read it: "3-2-1203" → 3栋2单元1203, "A-905" → A座905, "铺-12" → 商铺12."""
    house = HouseKey.of(key)
    if house.building in _KINDS:
        return _KINDS[house.building] + "-".join(part for part in (house.unit, house.room) if part)
    word = "座" if not house.building[0].isdigit() else "栋"
    unit = f"{house.unit}单元" if house.unit else ""
    room = _KINDS.get(house.room[0], house.room[0]) + house.room[1:]
    return f"{house.area}{house.building}{word}{unit}{room}"


def parse_house(text: str, field: bool = False) -> str | None:
    """The key of the one house that `text` names, or None.

    Without `field` a house word (栋, 单元, 室, …) must be there. With `field` the caller says that the text
    stands in a field for houses, so that 5-602 and 3-2-1203 are taken too. A text that names two houses names
    none.
    """
    folded = _digits_mended(fold(text)).strip(" ,，.。;；:：《》\n")
    if field:
        folded = _RUNS_OF_DASHES.sub("-", folded)
        if (apart := _FIELD_GAPS.fullmatch(folded)) is not None:
            folded = "-".join(apart.groups())
        if (special := _special(_FORM_PRINT.sub("", folded))) is not None:
            return special
    readings = (folded, _FORM_PRINT.sub("", folded)) if field else (folded,)
    for reading in readings:
        for pattern in (_WORDED_FIELD, _DASHED) if field else (_WORDED_FIELD,):
            match = pattern.fullmatch(reading)
            if match and (field or _has_house_word(match)) and (key := _key(match)):
                return key
    keys = {found.key for found in find_houses(text)}
    return keys.pop() if len(keys) == 1 else None


def find_houses(text: str) -> list[FoundHouse]:
    """The houses in running text, in order.

    Only spellings with a house word count, so dates and numbers do not.
    """
    folded = _digits_mended(fold(text))
    if not _HINT.search(folded):
        return []
    found = []
    for match in _WORDED.finditer(folded):
        sure = _has_house_word(match) and _sure_in_text(match, folded) and not _cut_off(match, folded)
        if sure and (key := _key(match)):
            found.append(FoundHouse(key, text[match.start() : match.end()], match.start(), match.end()))
    return found


_RUNS_OF_DASHES = re.compile(r"[-_]{2,}")
_FIELD_GAPS = re.compile(r"(\d{1,3}) +(\d{1,2}) +(\d{3,4})")
_FORM_PRINT = re.compile(r"[ ()（）\[\]_:：]")
"""What forms print around the blanks of a house: (3)栋(2)单元, 3_栋, spaced-out words."""
_MISREAD = re.compile(r"(?<=\d)[ol|i](?=\d)")


def _digits_mended(folded: str) -> str:
    """Letters that a scanner read for figures between two figures (12o3, 1l03) made figures again, same length."""
    return _MISREAD.sub(lambda m: "0" if m.group() == "o" else "1", folded)


_N = rf"(?:\d{{1,3}}[a-z]?|[a-z]\d{{0,3}}|[{NUMERALS}]{{1,5}}|[甲乙丙丁戊己庚辛东西南北])"
_U = rf"(?:\d{{1,2}}|[a-z]|[{NUMERALS}]{{1,3}}|[甲乙丙丁戊己庚辛东西])"
_R = rf"(?:\d{{1,5}}[a-z]?|[a-z]\d{{1,4}}|[{NUMERALS}]{{1,7}})"
_GAP = r"[ ]{0,2}"
_DASH = rf"{_GAP}[-_/·.~、]{_GAP}"
_B_WORD = (
    r"(?:号[楼栋幢]|#[楼栋幢]?|栋楼?|幢楼?|座楼?|塔|憧|撞|楼"
    rf"|区(?!{_GAP}{_N}{_DASH})"
    r"|(?<=[0-9])号(?=[^0-9]{0,3}\d{1,5}[a-z]?[ ]{0,2}[室房]))"
)
_U_WORD = r"(?:单 ?元|单无|单兀|単元|号?门|梯)"
_R_WORD = r"(?:号?[室房户]|号|#)"
_AFTER = (
    rf"(?![0-9a-z]|{_GAP}[-~/&]{_GAP}\d|[、和及]\d{{3,4}}(?![0-9年])"
    rf"|{_GAP}(?:栋|幢|座|单元|号楼|层|楼|期|年|月|日|㎡|平方|元|米))"
)
_TAIL = (
    rf"(?:第?(?P<floor>\d{{1,2}}|[{NUMERALS}]{{1,3}}){_GAP}(?:[层楼]|f(?=[- ]?\d))(?:{_DASH}|{_GAP}))?"
    rf"第?(?P<room>{_R}){_GAP}(?P<r_word>{_R_WORD})?"
)
_HEAD = (
    r"(?:第)?(?:(?P<area>\d{1,2}|[a-z]|[一二三四五六七八九十东西南北]{1,2})(?P<a_word>期|区)(?:"
    + _DASH
    + "|"
    + _GAP
    + rf"))?(?:第)?(?P<building>{_N}){_GAP}(?P<b_word>{_B_WORD})(?:{_DASH}|[ ,]{{0,2}})"
)
_UNIT = (
    rf"(?:第?(?P<unit>{_U}){_GAP}(?P<u_word>{_U_WORD})(?:{_DASH}|{_GAP})"
    rf"|(?P<unit_bare>{_U}){_DASH}(?=\d|[{NUMERALS}]))?"
)
_ENGLISH = (
    r"(?:building|bldg\.?|block|tower)[ ]?(?P<e_building>\d{1,3}[a-z]?|[a-z]\d{0,3})[ ,]{1,3}"
    r"(?:unit[ ]?(?P<e_unit>\d{1,2}|[a-z])[ ,]{1,3})?(?:room|rm\.?|flat|apt\.?)[ ]?(?P<e_room>\d{1,5}[a-z]?)"
)
_HALF = (
    rf"(?:(?P<h_area>\d{{1,2}}|[a-z]|[东西南北]{{1,2}})(?P<h_a_word>期|区){_GAP})?"
    rf"(?P<h_building>\d{{1,3}}[a-z]?|[a-z]\d{{0,2}}){_DASH}(?:(?P<h_unit>\d{{1,2}}|[a-z]){_GAP}(?:(?P<h_u_word>单元)"
    rf"(?:{_DASH}|{_GAP})|{_DASH}))?(?P<h_room>\d{{1,5}}[a-z]?){_GAP}(?P<h_r_word>[室房户])"
)
_NO_PREFIX = rf"(?<![0-9a-z])(?<![0-9][-.])(?<![{NUMERALS}廿卅])"
_WORDED = re.compile(rf"{_NO_PREFIX}(?:{_HEAD}{_UNIT}{_TAIL}|{_HALF}|{_ENGLISH}){_AFTER}")
_WORDED_FIELD = re.compile(rf"(?:{_HEAD}{_UNIT}{_TAIL}|{_HALF}|{_ENGLISH})")
_DASHED = re.compile(
    rf"(?:(?P<d_area>\d{{1,2}}|[a-z]|[东西南北]{{1,2}})(?P<d_a_word>期|区){_GAP})?"
    rf"(?P<d_building>\d{{1,3}}[a-z]?|[a-z]\d{{0,3}}|[甲乙丙丁戊己庚辛东西南北]){_DASH}"
    rf"(?:(?P<d_unit>\d{{1,2}}|[a-z]|[甲乙丙丁戊己庚辛东西]){_DASH})?(?P<d_room>\d{{1,5}}[a-z]?|[a-z]\d{{1,4}})"
)
_HINT = re.compile(r"[栋幢座憧撞塔楼区室房户#]|单元|building|bldg|block|tower")
_KEY = re.compile(
    r"(?P<area>(?:[0-9A-Z]{1,2}|[东西南北]{1,2})[期区])?(?P<building>[1-9]\d{0,2}[A-Z]?|[A-Z]\d{0,3}|0[A-Z]?|[甲乙丙丁戊己庚辛东西南北铺车储墅])"
    r"(?:-(?P<unit>[1-9]\d?|0|[A-Z]\d{0,2}|[甲乙丙丁戊己庚辛东西]))?"
    r"-(?P<room>[铺储]?(?:[1-9]\d{0,5}[A-Z]?|[A-Z]\d{1,4}))"
)
_TWO_DIGIT_YEAR = re.compile(r"\d\d[-./](?:0\d[-./]\d\d|\d\d[-./]0\d)")


_KINDS = {"铺": "商铺", "车": "车位", "储": "储藏室", "墅": "别墅"}
"""What is no flat: the sign in a key and how it is written."""
_SHOP = r"(?:商铺|铺面|门面房?|底商|店铺|商业)"
_STORE = r"(?:储[藏物][室间]|地下室|杂物[室间房])"
_LOT = r"(?:车位|停车位|车库)"
_NO = r"(?P<room>[a-z]?\d{1,4}[a-z]?)"
_PLACE = (
    rf"(?:(?P<area>\d{{1,2}}|[a-z]|[东西南北]{{1,2}})(?P<a_word>期|区))?第?(?P<building>{_N})(?:{_B_WORD}|-)"
    rf"(?:第?(?P<unit>{_U})(?:{_U_WORD}|-)-?)?"
)
_SPECIALS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("铺", rf"(?:{_PLACE})?-?{_SHOP}-?{_NO}[号室#]?"),
        ("铺", rf"{_NO}号?{_SHOP}"),
        ("储", rf"(?:{_PLACE})?-?{_STORE}-?{_NO}[号室#]?"),
        ("车", rf"(?:地下)?{_LOT}-?(?:(?P<unit>[a-z]\d{{0,2}}|\d{{1,2}})[-区])?(?P<room>\d{{1,4}}[a-z]?)号?"),
        ("车", rf"(?:地下)?(?P<unit>[a-z]\d{{0,2}})[层区]?-?{_LOT}?-?(?P<room>\d{{1,4}}[a-z]?)号?{_LOT}"),
        ("车", rf"(?:地下)?(?P<unit>[a-z]\d{{0,2}})[层区]-?{_LOT}-?(?P<room>\d{{1,4}}[a-z]?)号?"),
        ("墅", r"别墅(?:第?-?)(?P<room>\d{1,3}[a-z]?)[号栋幢座]?楼?"),
        ("墅", r"第?(?P<room>\d{1,3}[a-z]?)[号栋幢座]楼?别墅"),
    )
)
_SIDE = re.compile(rf"(?P<side>[东西南北])(?P<rest>\d{{1,3}}[a-z]?(?:{_B_WORD}).*)")


def _special(folded: str) -> str | None:
    """The key of what is no flat, or of a building counted by its side (东3栋)."""
    if (side := _SIDE.fullmatch(folded)) is not None:
        return parse_house(f"{side['side']}区{side['rest']}", field=True)
    if (own := _KEY.fullmatch(folded.upper())) is not None and set(folded) & set(_KINDS):
        return own[0]
    for kind, pattern in _SPECIALS:
        if (match := pattern.fullmatch(folded)) is None:
            continue
        groups = match.groupdict()
        building, unit = groups.get("building"), groups.get("unit")
        area = _part(groups["area"]) + groups["a_word"] if groups.get("area") else ""
        room = _part(groups["room"])
        house = HouseKey(
            area,
            _part(building) if building else kind,
            _part(unit) if unit else "",
            kind + room if building else room,
        )
        return str(house) if _KEY.fullmatch(str(house)) else None
    return None


def _cut_off(match: re.Match[str], folded: str) -> bool:
    """Whether the match is the rest of a building that is counted by its side: 3栋 of 东3栋, not of 湖东3栋."""
    before = folded[: match.start()]
    return before[-1:] in tuple("东西南北") and not "\u4e00" <= before[-2:-1] <= "\u9fff"


def _has_house_word(match: re.Match[str]) -> bool:
    groups = match.groupdict()
    return any(groups.get(name) for name in ("b_word", "h_r_word", "e_building"))


def _sure_in_text(match: re.Match[str], folded: str) -> bool:
    """In running text "3栋2人" is no house (a short room needs a unit or a room word), nor is "3楼301", a
    floor.
    """
    groups = match.groupdict()
    room = groups["room"]
    if room is None or groups["u_word"] or groups["unit_bare"] or groups["floor"]:
        return True
    if groups["b_word"] == "楼" and _part(room).startswith(_part(groups["building"])):
        return False
    word = groups["r_word"] or ""
    return word not in ("", "号", "#") or len(_part(room)) >= 3


def _part(text: str) -> str:
    if (number := chinese_number(text)) is not None:
        return str(number)
    head = re.match(r"([a-z]?)0*(\d*[a-z]?|.*)$", text)
    if text[:1].isdigit():
        stripped = text.lstrip("0")
        return (stripped if stripped[:1].isdigit() else "0" + stripped).upper()
    return (head[1] + head[2]).upper() if head and head[1] else text.upper()


def _room(floor: str | None, room: str) -> str | None:
    """The room's part.

    With a floor, 12层03室 is room 1203 and 12层1203室 is 1203, while 12层903室 is none.
    """
    number = _part(room)
    if not floor:
        return number
    level = _part(floor)
    digits = number.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    if len(digits) <= 2 and digits.isdigit():
        return level + number.rjust(len(number) + 2 - len(digits), "0")
    return number if number.startswith(level) and len(digits) == len(level) + 2 else None


def _key(match: re.Match[str]) -> str | None:
    if _TWO_DIGIT_YEAR.fullmatch(match.group()):
        return None
    groups = match.groupdict()
    building = groups.get("building")
    if building is not None:
        unit = groups["unit"] or groups["unit_bare"]
        room = _room(groups["floor"], groups["room"])
        area, word = groups["area"], groups["a_word"]
    else:
        prefix = next(p for p in ("h_", "e_", "d_") if groups.get(p + "building"))
        building, unit, room = (
            groups[prefix + "building"],
            groups[prefix + "unit"],
            _part(groups[prefix + "room"]),
        )
        area, word = groups.get(prefix + "area"), groups.get(prefix + "a_word")
    if room is None:
        return None
    key = str(
        HouseKey(_part(area) + str(word) if area else "", _part(building), _part(unit) if unit else "", room)
    )
    return key if _KEY.fullmatch(key) else None

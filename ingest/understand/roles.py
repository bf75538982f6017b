"""Labels that no pack lists and that still say plainly whose house, whose name or which day they head."""

from __future__ import annotations

import re

_NONE = re.compile(r"[签簽章电電话話数數面积積类類型代表身份证證编編码碼]")
_HOUSE = re.compile(
    r"(?:[楼栋幢座]号[及与和、]?)?(?:楼栋|楼|栋|幢|座|单元|房屋|房间|房产|房|门牌|户|室|物业){1,4}"
    r"[及与和、]?(?:房|门|户|室|门牌)?(?:[号址]|地址|[坐座]落|位置)码?"
)
_OWNER = re.compile(
    r"(?:房屋|不动产|现|原|新)?(?:所有权人|产权人|权利人|买受人|业户|户主|房主|业主|住户|用户)"
    r"(?:业主|产权人|户主|签约人|使用人|租户)?(?:姓名|名称|名字)?"
)
_DATE = re.compile(
    r"(?:填[表写报]|登记|受理|经办|办理|签[订署约]|申请|申报|记录|处理|制表|立约|承诺|检查|验收)(?:日期?|时间)"
)
_PATTERNS = (("house", _HOUSE), ("owner", _OWNER), ("date", _DATE))


def role_label(role: str) -> str:
    """The name under which such a label is known."""
    return f"={role}"


def role_of(label: str) -> str | None:
    """The role that a cleaned label heads: house, owner or date; None for any other text."""
    if not 2 <= len(label) <= 10:
        return None
    for role, pattern in _PATTERNS:
        if pattern.fullmatch(label) and (role == "date" or not _NONE.search(label)):
            return role
    return None

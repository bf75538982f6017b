"""Words that covers and control pages of controlled documents print, in the normal form and without blanks."""

from __future__ import annotations

import re

COVER_LABELS: dict[str, tuple[str, ...]] = {
    "number": (
        "文件编号", "文档编号", "文件代号", "文件号", "编号", "documentno.", "documentno", "doc.no.",
        "docno",
    ),
    "title": (
        "文件名称", "文件标题", "文件题目", "名称", "title",
    ),
    "revision": (
        "版本/修改状态", "版本/修改", "版本/修订", "版次/修改状态", "版次/修改", "版次/修订",
        "版本修改状态", "文件版本", "版本号", "版本", "版次", "版号", "revision", "rev.",
    ),
    "change": (
        "修改状态", "修订状态", "更改状态", "修改次数", "修订次数", "修改码", "修改号",
    ),
    "prepared": (
        "编制人", "编制/日期", "编制", "编写人", "编写", "拟制", "起草人", "起草", "制订人", "制订",
        "拟稿", "preparedby",
    ),
    "reviewed": (
        "审核人", "审核/日期", "审核", "校核", "审阅", "复核", "checkedby", "reviewedby",
    ),
    "approved": (
        "批准人", "批准/日期", "批准", "核准人", "核准", "审批人", "审批", "签发人", "签发",
        "approvedby",
    ),
    "issued": (
        "发布日期", "颁布日期", "发文日期", "印发日期", "发行日期", "issuedon", "issuedate",
    ),
    "effective": (
        "实施日期", "生效日期", "施行日期", "执行日期", "启用日期", "实施", "生效", "effectivedate",
    ),
    "dated": (
        "日期", "年月日", "date",
    ),
    "copy": (
        "发放编号", "发放号", "分发编号", "分发号", "受控编号", "受控号", "副本编号", "copyno.",
        "copyno",
    ),
    "holder": (
        "持有者", "持有人", "持有部门", "持有单位", "领用人", "holder",
    ),
    "control": (
        "受控状态", "受控标识", "controlstatus",
    ),
    "department": (
        "责任部门", "归口部门", "主管部门", "编制部门", "发布部门", "使用部门", "适用部门",
    ),
    "other": (
        "说明", "页码", "页次", "页数", "密级", "备注", "签名", "签字", "部门", "职务", "表格编号",
        "表单编号", "通知单编号", "合同编号", "修改日期", "修订日期", "发布", "分类号", "文件类别",
        "文件级别",
    ),
}  # fmt: skip
"""Kind of value → labels, longest first within a kind. "dated" belongs to the label before it."""

CONTROL_TITLES = (
    "文件修改控制页", "文件修改控制表", "文件更改控制页", "文件修订控制页", "修改控制页", "修订控制页",
    "文件修改记录", "文件修订记录", "文件更改记录", "修订记录", "修改记录", "更改记录", "修订履历",
    "变更记录", "文件变更记录", "修改履历", "版本修订记录", "文件修改控制", "文件修改页",
)  # fmt: skip
"""Titles of the table of revisions 文件修改控制页."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "pages": (
        "修改页码", "更改页码", "修订页码", "修改页次", "修改页", "页码", "页次",
    ),
    "chapter": (
        "章节号", "章节条款", "修改章节", "更改章节", "章节", "章条号", "条款号", "条款", "修改条款",
        "章节及内容",
    ),
    "notice": (
        "文件更改通知单编号", "文件更改通知单号", "文件修改通知单号", "文件变更通知单号", "更改通知单号",
        "更改通知单编号", "修改通知单号", "变更通知单号", "通知单编号", "通知单号", "更改单号",
        "修改单号", "变更单号", "更改通知单", "通知单",
    ),
    "state": (
        "修改状态", "修订状态", "更改状态", "修改后状态", "版本/修改", "版本/修改状态", "版次/修改",
        "修改后版次", "版本/状态", "修改次数", "版本状态", "状态", "修改码",
    ),
    "edition": (
        "版本号", "版本", "版次",
    ),
    "changed_by": (
        "修改人/日期", "修订人/日期", "更改人/日期", "修改人及日期", "修改人日期", "修改者/日期",
        "修改人", "修订人", "更改人", "修改者", "修改/日期", "编制人/日期", "编制人",
    ),
    "changed_on": (
        "修改日期", "修订日期", "更改日期", "变更日期",
    ),
    "approved_by": (
        "批准人/日期", "审批人/日期", "批准人及日期", "批准人日期", "核准人/日期", "批准者/日期",
        "批准人", "审批人", "核准人", "批准者", "批准/日期", "批准",
    ),
    "approved_on": (
        "批准日期", "审批日期", "核准日期",
    ),
}  # fmt: skip
"""Column of a control page → how its heading may read."""

TITLE_END = re.compile(
    r"(?:规程|手册|办法|制度|规范|程序|规定|流程|细则|职责|标准|指引|预案|方案|指南|守则|章程|计划|须知|要求|程序文件|"
    r"規程|手冊|辦法|規範|規定|細則|職責|標準|預案|章則|須知|計劃|procedure|manual|handbook|guideline)s?$",
    re.IGNORECASE,
)
"""How titles of controlled documents end, in both scripts."""

COMPANY_END = re.compile(
    r"(?:公司|集团|集團|管理处|管理處|事务所|委员会|有限|中心|分公司|项目部|co\.?,?ltd\.?)$",
    re.IGNORECASE,
)
"""How a line that names an organisation ends."""


def column_of(heading: str) -> str | None:
    """The column that a heading (in the normal form, without blanks) names; the longest word that it begins with."""
    best = max(
        (
            (len(word), column)
            for column, words in COLUMNS.items()
            for word in words
            if heading.startswith(word)
        ),
        default=(0, ""),
    )
    return best[1] or None

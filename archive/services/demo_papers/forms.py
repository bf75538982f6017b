"""What the sample forms say: a few households' papers over the last years, told relative to the present year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archive.services.demo_papers.drawing import Filling
from archive.services.demo_papers.neighbourhood import COMPANY, OFFICE
from archive.services.demo_papers.paper import BLACK_INK, Scan
from archive.services.demo_papers.wording import AGREEMENT, COVENANT

OFFICE_SEAL = (COMPANY, "客服中心")
ENGINEERING_SEAL = (COMPANY, "工程部")
CONTRACT_SEAL = (COMPANY, "合同专用章")
DEVELOPER_SEAL = ("星河示例置业有限公司", "")


@dataclass(frozen=True, slots=True)
class Form:
    """One filled form: the code of its record type, the printed title ("" for the pack's) and its filling."""

    type: str
    filling: Filling
    title: str = ""


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """One file from the scanner: forms in one pile, and how they were scanned. The suffix says the format."""

    name: str
    forms: tuple[Form, ...]
    scan: Scan = Scan()  # noqa: RUF009 - frozen


def scanned_files(year: int) -> list[ScannedFile]:
    """Every scanned sample; `year` is the present one."""
    return [*_owners(year), *_renovation(year), *_conduct(year), *_registers(year)]


def _day(year: int, month: int, day: int) -> str:
    return f"{year}年{month}月{day}日"


def _owners(year: int) -> Iterator[ScannedFile]:
    moved_in, sold, first = _day(year - 4, 3, 15), _day(year - 4, 5, 20), _day(year - 8, 3, 12)
    flat = {"house": "5幢602", "owner": "例家豪"}
    home = {**flat, "phone": "13800000135", "area": "96.50"}
    yield ScannedFile(
        "入住资料_5幢602.pdf",
        (
            Form(
                "owner_card",
                Filling(
                    {
                        **home,
                        "id_number": "990101198604120171",
                        "sex": "男",
                        "birth": "1986.4.12",
                        "address": "样本市星河路8号5幢602",
                        "employer": "样本市实验学校",
                        "emergency_contact": "示佳怡",
                        "family": "示佳怡",
                        "plate": "测A·D0602",
                        "date": moved_in,
                    },
                    signed={"owner_signature": "例家豪", "staff_signature": "示小禾"},
                    office=OFFICE,
                    hand=11,
                ),
            ),
            Form(
                "temporary_covenant",
                Filling(
                    {**flat, "area": "96.50", "date": moved_in},
                    signed={"owner_signature": "例家豪"},
                    sealed={"developer_seal": DEVELOPER_SEAL},
                    body=COVENANT,
                    office=OFFICE,
                    hand=11,
                ),
            ),
            Form(
                "house_inspection",
                Filling(
                    {
                        **flat,
                        "phone": "13800000135",
                        "date": moved_in,
                        "defects": "主卧窗扇关闭不严；厨房一块墙砖空鼓；其余项目合格。",
                        "owner_opinion": "请在十天内修好后通知我复验。",
                        "transferor_opinion": "已记录，由工程部安排维修。",
                    },
                    signed={"owner_signature": "例家豪", "transferor_signature": "样永康"},
                    office=OFFICE,
                    hand=11,
                ),
                title="业主验房单",
            ),
        ),
        Scan(0.5),
    )
    yield ScannedFile(
        "前期物业管理服务协议_5幢602.pdf",
        (
            Form(
                "preliminary_service_agreement",
                Filling(
                    {**home, "fee_rate": "1.80元", "date": moved_in},
                    signed={"company_representative": "样立诚", "owner_signature": "例家豪"},
                    sealed={"company_seal": CONTRACT_SEAL},
                    body=AGREEMENT,
                    office=COMPANY,
                    hand=12,
                ),
            ),
        ),
        Scan(-0.4),
    )
    yield ScannedFile(
        "业主资料卡_原业主.tif",
        (_card("例海川", "13800000301", first, 13, "1971.9.2", "样海英"),),
        Scan(0.8, gray=True),
    )
    yield ScannedFile(
        "业主资料卡_3-2-1203.jpg",
        (_card("例一鸣", "13800000302", sold, 14, "1990.6.18", "示安然"),),
        Scan(-0.7),
    )


def _card(owner: str, phone: str, day: str, hand: int, birth: str, relative: str) -> Form:
    values = {
        "owner": owner,
        "house": "3栋2单元1203",
        "phone": phone,
        "area": "118.20",
        "id_number": f"990103{_digits(birth)}0152",
        "sex": "男",
        "birth": birth,
        "address": "样本市星河路8号3栋2单元1203",
        "employer": "样本设计院",
        "emergency_contact": relative,
        "family": relative,
        "plate": f"测A·K0{hand}03",
        "date": day,
    }
    signed = {"owner_signature": owner, "staff_signature": "示小禾"}
    return Form("owner_card", Filling(values, signed=signed, office=OFFICE, hand=hand))


def _digits(day: str) -> str:
    """1990.6.18 as it stands in an ID number."""
    year, month, of_month = day.split(".")
    return f"{year}{month:0>2}{of_month:0>2}"


def _renovation(year: int) -> Iterator[ScannedFile]:
    home = {"house": "A座1208", "owner": "例少华", "phone": "13800000126"}
    works = {"contractor": "示例装饰工程部", "contractor_head": "样立新", "contractor_phone": "13800000455"}
    application = Filling(
        {
            **home,
            **works,
            "area": "89.30",
            "start_date": f"{year - 1}.4.8",
            "end_date": f"{year - 1}.6.30",
            "workers": "5",
            "deposit": "2000元",
            "scope": "厨房和卫生间改造、墙面翻新、水电线路更换",
            "works": "卫生间重做防水并闭水两天；厨房橱柜更换；客厅墙面重新粉刷，不动承重结构。",
            "number": f"ZX-{year - 1}-017",
            "date": _day(year - 1, 4, 2),
        },
        signed={
            "owner_signature": "例少华",
            "contractor_signature": "样立新",
            "staff_signature": "示小禾",
            "engineering_signature": "样永康",
        },
        sealed={"engineering_seal": ENGINEERING_SEAL},
        office=OFFICE,
        hand=21,
    )
    yield ScannedFile("装修申请_A座1208.jpg", (Form("renovation_application", application),), Scan(0.6))
    permit = Filling(
        {
            "house": "A座1208",
            "owner": "例少华",
            "contractor": "示例装饰工程部",
            "worker": "示铁柱",
            "licence": f"T99-{year - 3}-0041",
            "period": f"{year - 1}年4月19日9时至17时",
            "guard": "样立新",
            "method": "电焊",
            "cause": "阳台栏杆加固，需要焊接两处。",
            "measures": "清走周围可燃物，备灭火器两具和水桶，完工后看守半小时。",
            "number": f"DH-{year - 1}-006",
            "date": _day(year - 1, 4, 19),
        },
        signed={
            "applicant_signature": "样立新",
            "security_signature": "示文博",
            "engineering_signature": "样永康",
        },
        sealed={"engineering_seal": ENGINEERING_SEAL},
        office=OFFICE,
        hand=22,
    )
    yield ScannedFile("动火证.jpg", (Form("hot_work_permit", permit),), Scan(-0.5))
    notice = Filling(
        {
            "house": "A座1208",
            "owner": "例少华",
            "deadline": _day(year - 1, 5, 12),
            "violation": "周日使用电锤",
            "facts": "5月9日上午在室内打墙，楼上楼下多户来电反映噪声。",
            "demand": "停止周末施工，向邻居说明，并把施工时间贴在门口。",
            "recheck": "5月12日复查，已经改正。",
            "number": f"ZG-{year - 1}-004",
            "date": _day(year - 1, 5, 9),
        },
        signed={
            "issuer_signature": "样永康",
            "receiver_signature": "样立新",
            "recheck_signature": "样永康",
        },
        sealed={"office_seal": OFFICE_SEAL},
        office=OFFICE,
        hand=23,
    )
    yield ScannedFile(
        "整改通知_A座1208.jpg", (Form("violation_rectification_notice", notice),), Scan(0.9, gray=True)
    )


def _conduct(year: int) -> Iterator[ScannedFile]:
    signed = {"staff_signature": "示小禾", "manager_signature": "样立诚"}
    ordinary = Filling(
        {
            "house": "2-1-601",
            "owner": "样志明",
            "grade": "一般",
            "occurred": f"{year - 2}年5月6日上午9时",
            "finder": "示小禾",
            "facts": "在楼道里堆放纸箱和旧柜子，走道只剩半米宽。",
            "first_action": "当场说明并帮助搬到临时存放点。",
            "decision": "口头提醒，三天内清空楼道。",
            "outcome": "5月8日复查，楼道已经清空。",
            "number": f"WZ-{year - 2}-012",
            "date": _day(year - 2, 5, 6),
        },
        signed=signed,
        sealed={"office_seal": OFFICE_SEAL},
        office=OFFICE,
        hand=31,
        ink=BLACK_INK,
    )
    yield ScannedFile("违章记录0506.jpg", (Form("violation_record", ordinary),), Scan(0.4))
    major = Filling(
        {
            "house": "B座0905",
            "owner": "例美玲",
            "grade": "重大",
            "occurred": f"{year - 2}年9月3日下午4时",
            "finder": "样永康",
            "facts": "装修工人误拆厨房承重墙约一平方米，墙体出现裂缝。",
            "first_action": "立即停工，临时支护，请楼上楼下住户暂时避开。",
            "decision": "由原设计单位出加固方案，费用由当事人承担。",
            "outcome": "9月26日加固完成，检测合格。",
            "number": f"WZ-{year - 2}-019",
            "date": _day(year - 2, 9, 3),
        },
        signed=signed,
        sealed={"office_seal": OFFICE_SEAL},
        office=OFFICE,
        hand=32,
    )
    yield ScannedFile("违章记录_重大.jpg", (Form("violation_record", major),), Scan(-0.8))
    ungraded = Filling(
        {
            "house": "6号楼602室",
            "owner": "示铁军",
            "occurred": f"{year - 1}年10月11日晚8时",
            "finder": "示小禾",
            "facts": "电动车推进电梯，在楼道里充电。",
            "first_action": "请当事人把车推到车棚，切断临时线路。",
            "decision": "书面提醒，再次发生时报告街道。",
            "number": f"WZ-{year - 1}-031",
            "date": _day(year - 1, 10, 11),
        },
        signed=signed,
        office=OFFICE,
        hand=33,
    )
    yield ScannedFile("违章记录_未写性质.jpg", (Form("violation_record", ungraded),), Scan(0.3))


def _registers(year: int) -> Iterator[ScannedFile]:
    callback = Filling(
        {
            "house": "1栋2单元0502",
            "owner": "示海生",
            "phone": "13800000106",
            "date": _day(year - 3, 2, 18),
            "method": "上门",
            "matter": "厨房漏水维修",
            "content": "水管接头更换后没有再漏，师傅走时把地面擦干净了。",
            "satisfaction": "满意",
            "suggestion": "希望修完以后能收到一张写明更换零件的单子。",
            "review": "建议合理，下月起随单附上。",
        },
        signed={
            "owner_signature": "示海生",
            "caller_signature": "示小禾",
            "supervisor_signature": "示立夏",
        },
        office=OFFICE,
        hand=41,
    )
    yield ScannedFile("回访记录0218.jpg", (Form("callback_record", callback),), Scan(0.7))
    keys = Filling(rows=list(_key_loans(year - 1)), office=OFFICE, hand=42, ink=BLACK_INK)
    yield ScannedFile("钥匙借用登记.png", (Form("key_loan_register", keys),), Scan(0.2, grain=1.0, gray=True))
    duty = Filling(
        {
            "date": _day(year - 1, 11, 6),
            "hours": "20时至次日8时",
            "person": "示小禾",
            "events": "21时10分A座电梯停运，维保十分钟后恢复；23时巡楼，楼道灯正常；凌晨2时协助1栋住户关水阀。",
            "property": "钥匙一串、对讲机两部、手电一支，齐全。",
            "follow_up": "请白班联系水电工更换1栋地下室阀门。",
        },
        signed={
            "off_duty_signature": "示小禾",
            "on_duty_signature": "例文博",
            "supervisor_signature": "示立夏",
        },
        office=OFFICE,
        hand=43,
    )
    yield ScannedFile("值班记录1106.jpg", (Form("duty_log", duty),), Scan(-0.3))


def _key_loans(year: int) -> Iterator[dict[str, str]]:
    loans = (
        ("A座0905", "8.3", "K-0905", "1", "查漏水", "8.3", "样芳菲"),
        ("5幢203", "8.5", "K-5203", "2", "看房", "8.6", "示文博"),
        ("2-2-302", "8.11", "K-2302", "1", "修窗", "8.11", "样丽华"),
        ("1栋1单元0801", "8.19", "K-1801", "1", "抄表", "8.19", "示一凡"),
        ("B座1506", "8.26", "K-1506", "2", "保洁", "8.27", "样心怡"),
    )
    for house, lent, number, count, purpose, back, borrower in loans:
        yield {
            "house": house,
            "date": f"{year}.{lent}",
            "key_number": number,
            "quantity": count,
            "purpose": purpose,
            "borrower": borrower,
            "returned": f"{year}.{back}",
            "borrower_signature": borrower,
            "receiver_signature": "示小禾",
        }

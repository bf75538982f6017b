"""The sentences of a retention decision, in both languages."""

from __future__ import annotations

from datetime import date

from schemas.model import RetentionRule
from schemas.periods import parse_period

EVENTS = {
    "title_transfer": ("产权变更", "title transfer"),
    "sale": ("房屋售出", "sale of the unit"),
    "closed": ("事项办结", "closing of the matter"),
    "quarter_filed": ("季度归档", "filing for the quarter"),
    "month_filed": ("月度归档", "filing for the month"),
    "book_full": ("记录本用完", "last page of the book"),
    "contract_end": ("合同终止", "end of the contract"),
    "staff_left": ("员工离职", "departure of the staff member"),
    "recorded": ("形成", "making of the record"),
}
SENTENCES = {
    "permanent": ("按规则“{rule}”永久保存。", "Kept for ever by the rule “{rule}”."),
    "unscheduled": ("未定期限，在有人鉴定之前一直保存。", "Unscheduled: kept until a person decides."),
    "no_rule": (
        "该档案类型没有保管期限，在有人鉴定之前一直保存。",
        "Unscheduled: no rule covers it, so it is kept until a person decides.",
    ),
    "waiting": (
        "规则“{rule}”从{event}起保存{period}；{event}尚未发生，没有到期日。",
        "The rule “{rule}” keeps it {period} from the {event}, which has not happened yet: no end date.",
    ),
    "until": (
        "规则“{rule}”：{event}于{start}，保存{period}，保存到{until}（含当日）。",
        "The rule “{rule}”: {event} on {start}, plus {period}, kept until {until} inclusive.",
    ),
    "until_next_year": (
        "规则“{rule}”：{event}于{start}，从次年1月1日起保存{period}，保存到{until}（含当日）。",
        "The rule “{rule}”: {event} on {start}, {period} from the next 1 January, kept until {until} inclusive.",
    ),
    "passed_destroy": (
        "期限已过，可以列入鉴定销毁。",
        "The period has passed: it may go on a disposal list.",
    ),
    "passed_review": (
        "期限已过，须由人鉴定，不得直接销毁。",
        "The period has passed: a person must review it; it is not destroyed.",
    ),
    "hold": ("冻结中（自{start}{end}）：{reason}。", "On hold since {start}{end}: {reason}."),
    "lost": ("规则“{rule}”较短，不采用。", "The rule “{rule}” is shorter and gives way."),
    "ended": ("{event}之后，规则“{rule}”不再适用。", "After the {event} the rule “{rule}” no longer holds."),
    "long_term": (
        "“长期”按{years}年计算，由本单位设定。",
        "Long-term means {years} years here, as the house has set.",
    ),
    "house": ("起算或期限由本单位决定：{reason}", "Decided by the house: {reason}"),
}
RULES = {
    "permanent": ("永久保存。", "Kept for ever."),
    "ended": ("{event}之后改按其他规则。", " After the {event} the other rules hold."),
    "kept": ("自{event}起保存{period}，", "Kept {period} from the {event}; "),
    "kept_next_year": (
        "自{event}的次年1月1日起保存{period}，",
        "Kept {period} from 1 January after the {event}; ",
    ),
    "destroy": ("期满可列入鉴定销毁。", "then it may go on a disposal list."),
    "review": ("期满由人鉴定，不自动销毁。", "then a person reviews it; it is not destroyed by itself."),
}


def sentence(code: str, locale: str, /, **values: object) -> str:
    """The sentence `code` in `locale` ("zh…" or any other for English)."""
    return SENTENCES[code][0 if locale.startswith("zh") else 1].format(**values)


def rule_sentence(rule: RetentionRule, long_term_years: int, count_from: str, locale: str) -> str:
    """How long a rule keeps records, from when and what then, in a sentence."""
    zh = locale.startswith("zh")
    which = ("、" if zh else ", ").join(rule.when.values())
    where = (f"{which}：" if zh else f"{which}: ") if which else ""
    if rule.period == "permanent":
        ends = RULES["ended"][0 if zh else 1].format(
            event=event_name(rule.while_not, locale) if rule.while_not else ""
        )
        return where + RULES["permanent"][0 if zh else 1] + (ends if rule.while_not else "")
    if rule.period == "unscheduled":
        return where + sentence("unscheduled", locale)
    kept = RULES["kept_next_year" if count_from == "next_year" else "kept"][0 if zh else 1]
    then = RULES[rule.outcome][0 if zh else 1]
    period = period_name(rule.period, long_term_years, locale)
    return where + kept.format(event=event_name(rule.trigger, locale), period=period) + then


def event_name(event: str, locale: str) -> str:
    """A trigger event for people."""
    return EVENTS[event][0 if locale.startswith("zh") else 1]


def rule_name(rule: RetentionRule, locale: str) -> str:
    """A rule for people: its title and its clause."""
    title = (rule.title_zh if locale.startswith("zh") else rule.title_en) or rule.id
    if not rule.clause:
        return title
    return f"{title}（{rule.clause}）" if locale.startswith("zh") else f"{title} ({rule.clause})"


def period_name(period: str, long_term_years: int, locale: str) -> str:
    """A period for people: 2年, 15天; 2 years, 15 days."""
    zh = locale.startswith("zh")
    if period == "long_term":
        return f"长期（{long_term_years}年）" if zh else f"long-term ({long_term_years} years)"
    length = parse_period(period)
    years, months = divmod(length.months, 12)
    parts = [(years, "年", "year"), (months, "个月", "month"), (length.days, "天", "day")]
    if zh:
        return "".join(f"{n}{unit}" for n, unit, _ in parts if n)
    return " ".join(f"{n} {unit}{'s' if n != 1 else ''}" for n, _, unit in parts if n)


def day_name(day: date, locale: str) -> str:
    """A day for people."""
    return f"{day.year}年{day.month}月{day.day}日" if locale.startswith("zh") else day.isoformat()

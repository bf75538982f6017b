"""From the entries of a pack to typed values; what is wrong raises PackError at its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from schemas.model import (
    DOSSIER_KINDS,
    EVENT_TYPES,
    FIELD_ROLES,
    RECORD_KINDS,
    AccessClass,
    DecidedBy,
    FieldSpec,
    FieldType,
    Place,
    RecordType,
    RetentionRule,
)
from schemas.periods import parse_period
from schemas.reading import Entry, as_entry, suggest
from schemas.reading import Place as Where


@dataclass(frozen=True, slots=True)
class Shared:
    """What record types refer to by name."""

    fields: Mapping[str, Entry]
    places: Mapping[str, Entry]
    rules: Mapping[str, RetentionRule]
    access_classes: Mapping[str, AccessClass]


def parse_shared(entry: Entry) -> Entry:
    """A field or a place of the common vocabulary; it is parsed where a record type uses it."""
    entry.text("code")
    entry.text("zh")
    return entry


def parse_rule(entry: Entry) -> RetentionRule:
    """A line of the retention schedule."""
    period = entry.text("period")
    trigger = entry.text("trigger", "")
    if period in ("permanent", "unscheduled"):
        if trigger:
            entry.at("trigger").fail(f"a rule that is {period} has no trigger", "delete the trigger")
    elif not trigger:
        entry.at("period").fail(
            f"the period {period} has no start", "add 'trigger: …', one of " + ", ".join(EVENT_TYPES)
        )
    if trigger:
        entry.check("trigger", trigger, EVENT_TYPES)
    if period not in ("permanent", "unscheduled", "long_term"):
        try:
            parse_period(period)
        except ValueError:
            entry.at("period").fail(
                f"{period!r} is no period",
                "write permanent, long_term, unscheduled, or such as P2Y, P6M or P15D",
            )
    rule = RetentionRule(
        id=entry.text("id"),
        title_zh=entry.text("zh"),
        title_en=entry.text("en"),
        period=period,
        trigger=trigger,
        when=entry.mapping("when"),
        while_not=entry.choice("while_not", ("", *EVENT_TYPES), ""),
        outcome=entry.choice("outcome", ("destroy", "review"), "destroy"),
        clause=entry.text("clause", ""),
        decided_by=DecidedBy(entry.choice("decided_by", DecidedBy, DecidedBy.MANUAL)),
        trigger_decided_by=DecidedBy(entry.choice("trigger_decided_by", DecidedBy, DecidedBy.MANUAL)),
        reason=entry.text("reason", ""),
        reason_zh=entry.text("reason_zh", ""),
    )
    check_source(entry, rule.decided_by, (rule.clause,) if rule.clause else (), rule.reason)
    if rule.trigger_decided_by is DecidedBy.HOUSE and not rule.reason:
        entry.at("trigger_decided_by").fail("the house's trigger has no reason", "add 'reason: …'")
    entry.finish()
    return rule


def check_source(entry: Entry, decided_by: DecidedBy, clauses: tuple[str, ...], reason: str) -> None:
    """Refuse what is passed off as the manual's without a clause, or as the house's without a reason."""
    if decided_by is DecidedBy.MANUAL and not clauses:
        entry.place.fail(
            "nothing says where this comes from", "add its clause, or 'decided_by: house' with a reason"
        )
    if decided_by is DecidedBy.HOUSE and not reason:
        entry.at("decided_by").fail("the house's decision has no reason", "add 'reason: …'")


def parse_record_type(entry: Entry, shared: Shared) -> RecordType:
    """A record type; its fields, places and rules may be named from the common vocabulary."""
    rules = []
    for position, name in enumerate(entry.texts("retention")):
        entry.check("retention", name, shared.rules, position)
        rules.append(shared.rules[name])
    if not rules:
        entry.place.fail(
            "retention is missing", "name at least one rule of retention.yaml, such as 'unscheduled'"
        )
    access_class = entry.choice("access_class", shared.access_classes)
    access = shared.access_classes[access_class]
    access_reason = entry.text("access_reason", "")
    record_type = RecordType(
        code=entry.text("code"),
        title_zh=entry.text("zh"),
        title_en=entry.text("en"),
        family=entry.text("family"),
        kind=entry.choice("kind", RECORD_KINDS),
        dossier=entry.choice("dossier", DOSSIER_KINDS),
        access_class=access_class,
        access_decided_by=DecidedBy.HOUSE if access_reason else access.decided_by,
        access_source=access_reason or access.clause or access.reason,
        retention=tuple(rules),
        aliases=entry.texts("aliases"),
        marks=entry.texts("marks"),
        procedure=entry.text("procedure", ""),
        filled_by=entry.text("filled_by", ""),
        approved_by=entry.text("approved_by", ""),
        fields=_told_apart(
            tuple(_field(item, place, shared.fields) for item, place in entry.items("fields"))
        ),
        signatures=tuple(_place(item, place, shared.places) for item, place in entry.items("signatures")),
        seals=tuple(_place(item, place, shared.places) for item, place in entry.items("seals")),
        copies=entry.texts("copies"),
        paging=entry.texts("paging"),
        filing_deadline=entry.text("filing_deadline", ""),
        clauses=entry.texts("clauses"),
        decided_by=DecidedBy(entry.choice("decided_by", DecidedBy, DecidedBy.MANUAL)),
        reason=entry.text("reason", ""),
        retired=entry.flag("retired", False),
    )
    check_source(entry, record_type.decided_by, record_type.clauses, record_type.reason)
    for key, values in (
        ("fields", record_type.fields),
        ("signatures", record_type.signatures),
        ("seals", record_type.seals),
    ):
        codes = [value.code for value in values]
        for position, code in enumerate(codes):
            if code in codes[:position]:
                entry.at(key, position).fail(f"{code} stands twice among the {key}", "delete one of them")
    entry.finish()
    return record_type


def _resolve(item: Any, where: Where, known: Mapping[str, Entry]) -> tuple[Entry, bool | None]:
    """An item of a list of fields or places.

    "code", "code required", "code optional", or a mapping of its own.
    """
    if isinstance(item, str):
        code, _, word = item.partition(" ")
        if code not in known or word not in ("", "required", "optional"):
            where.fail(f"{item!r} is no common field or place", suggest(code, known))
        return Entry(known[code].data, known[code].place), {"required": True, "optional": False}.get(word)
    entry = as_entry(item, where)
    code = entry.text("code")
    if code in known:
        common = known[code]
        entry = Entry(common.data, common.place).overlaid(_with_common_labels(entry, common), entry.place)
    return entry, None


def _with_common_labels(entry: Entry, common: Entry) -> dict[str, Any]:
    """A form may print another label for a common field; the common labels still lead to it."""
    own = entry.texts("aliases")
    label = entry.text("zh", common.text("zh"))
    more = (common.text("zh"), *common.texts("aliases"))
    return {**entry.data, "aliases": [*own, *(m for m in more if m != label and m not in own)]}


def _told_apart(fields: tuple[FieldSpec, ...]) -> tuple[FieldSpec, ...]:
    """Each label leads to one field of the form.

    A printed label beats an alias, an earlier alias a later one.
    """
    taken = {field.label_zh for field in fields}
    apart = []
    for field in fields:
        aliases = tuple(alias for alias in field.aliases if alias not in taken)
        taken.update(aliases)
        apart.append(field if aliases == field.aliases else replace(field, aliases=aliases))
    return tuple(apart)


def _field(item: Any, where: Where, known: Mapping[str, Entry]) -> FieldSpec:
    entry, required = _resolve(item, where, known)
    field_type = FieldType(entry.choice("type", FieldType, FieldType.TEXT))
    choices = entry.texts("choices")
    if (field_type is FieldType.CHOICE) != bool(choices):
        entry.place.fail(
            "a choice and its choices belong together", "give 'type: choice' and 'choices: […]', or neither"
        )
    spec = FieldSpec(
        code=entry.text("code"),
        label_zh=entry.text("zh"),
        label_en=entry.text("en"),
        type=field_type,
        aliases=entry.texts("aliases"),
        choices=choices,
        required=entry.flag("required", False),
        role=entry.choice("role", FIELD_ROLES, ""),
    )
    entry.finish()
    return spec if required is None else replace(spec, required=required)


def _place(item: Any, where: Where, known: Mapping[str, Entry]) -> Place:
    entry, required = _resolve(item, where, known)
    place = Place(
        code=entry.text("code"),
        label_zh=entry.text("zh"),
        label_en=entry.text("en"),
        who=entry.text("who", ""),
        aliases=entry.texts("aliases"),
        required=entry.flag("required", True),
        clause=entry.text("clause", ""),
    )
    entry.finish()
    return place if required is None else replace(place, required=required)

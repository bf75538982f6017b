"""Checks across a pack: what a rule needs must be on the form it rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from schemas.model import FieldType, Pack
from schemas.reading import Entry


def check_rules(pack: Pack, entries: Mapping[str, Entry]) -> None:
    """Refuse a `when` whose field the form lacks, does not require, or whose value it does not offer."""
    for record_type in pack.record_types.values():
        fields = {field.code: field for field in record_type.fields}
        for position, rule in enumerate(record_type.retention):
            for code, value in rule.when.items():
                field = fields.get(code)
                place = entries[record_type.code].at("retention", position)
                if field is None or not field.required:
                    place.fail(
                        f"rule {rule.id} needs the field {code}",
                        f"add the required field {code} to this type",
                    )
                if field.type is FieldType.CHOICE and value not in field.choices:
                    place.fail(
                        f"rule {rule.id} asks for {code} {value!r}", f"offer it among the choices of {code}"
                    )


def without_demands_on_retired(pack: Pack) -> Pack:
    """The pack with nothing expected that only a retired type could fulfil: such a line of a dossier's contents shows
    what is there and misses nothing, and an obligation of such a type falls away."""
    retired = {code for code, kind in pack.record_types.items() if kind.retired}
    if not retired:
        return pack
    dossiers = {}
    for code, dossier in pack.dossiers.items():
        contents = tuple(
            replace(line, when="event") if retired.issuperset(line.types) else line
            for line in dossier.contents
        )
        dossiers[code] = replace(dossier, contents=contents)
    obligations = {c: o for c, o in pack.obligations.items() if o.record_type not in retired}
    return replace(pack, dossiers=dossiers, obligations=obligations)

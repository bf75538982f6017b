"""What is published from the pack: its JSON Schemas, the list of types and rules, the decided contradictions.

`python -m schemas.publish` writes all anew; a test holds them to what the code and the data say.
"""

from __future__ import annotations

import json
from pathlib import Path

from schemas.json_schema import Schema, pack_schema, settings_schema
from schemas.loader import OURS, load_pack
from schemas.model import Contradiction, Pack

CONTRADICTIONS_PAGE = Path("docs/decisions/contradictions.md")
TYPES_PAGE = Path("docs/record-types.md")


def contradictions_page(pack: Pack) -> str:
    """The decisions on the manuals' contradictions as a page of Markdown."""
    lines = [
        "# Contradictions of the manuals",
        "",
        "The manuals disagree with each other and with themselves in these places. For each: the two clauses, what",
        "the pack does, and where a house changes it in a pack of its own. Written from `schemas/contradictions.yaml`",
        "by `python -m schemas.publish`.",
        "",
    ]
    for severity in ("high", "medium", "low"):
        lines += [f"## Marked {severity}", ""]
        for item in pack.contradictions.values():
            if item.severity == severity:
                lines += [
                    f"### {item.code} {item.title_en} ({item.title_zh})",
                    "",
                    f"- Clauses: {_clauses(item)}",
                    f"- Decision: {item.decision}",
                    f"- To change it: {item.change}",
                    "",
                ]
    return "\n".join(lines).rstrip() + "\n"


def _clauses(item: Contradiction) -> str:
    return ", ".join(item.clauses) + (" (both sides in the one clause)" if len(item.clauses) == 1 else "")


def record_types_page(pack: Pack) -> str:
    """Every record type with its rule and clause, and the retention schedule, as a page of Markdown."""
    lines = [
        "# Record types and retention schedule",
        "",
        f"The {len(pack.record_types)} record types of Dangan's own pack, by family, and the rules they follow.",
        "Written from `schemas/` by `python -m schemas.publish`. How to add one: `adding-a-record-type.md`.",
        "",
        "## Retention schedule 保管期限表",
        "",
        "| rule | 规则 | period | from | then | source |",
        "|---|---|---|---|---|---|",
    ]
    for rule in pack.retention_rules.values():
        when = ", ".join(f"{field} {value}" for field, value in rule.when.items())
        period = f"{rule.period} ({when})" if when else rule.period
        source = rule.clause or "house: " + rule.reason
        then = "" if rule.period in ("permanent", "unscheduled") else rule.outcome
        lines.append(f"| `{rule.id}` | {rule.title_zh} | {period} | {rule.trigger} | {then} | {source} |")
    families: dict[str, list[str]] = {}
    for kind in pack.record_types.values():
        rules = ", ".join(f"`{rule.id}`" for rule in kind.retention)
        source = ", ".join(kind.clauses)
        if kind.reason:
            source = f"{source}; house: {kind.reason}".lstrip("; ")
        families.setdefault(kind.family, []).append(
            f"| `{kind.code}` | {kind.title_zh} | {kind.title_en} | {kind.dossier} | {kind.access_class} "
            f"| {rules} | {source} |"
        )
    for family, rows in families.items():
        lines += ["", f"## {family.replace('_', ' ').capitalize()}", ""]
        lines += [
            "| code | 中文 | English | dossier | class | rules | source |",
            "|---|---|---|---|---|---|---|",
        ]
        lines += rows
    return "\n".join(lines) + "\n"


def published() -> dict[Path, str]:
    """Every published file with its content."""

    def text(schema: Schema) -> str:
        return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"

    return {
        OURS / "pack.schema.json": text(pack_schema()),
        OURS / "settings.schema.json": text(settings_schema()),
        OURS.parent / CONTRADICTIONS_PAGE: contradictions_page(load_pack()),
        OURS.parent / TYPES_PAGE: record_types_page(load_pack()),
    }


def main() -> None:
    """Write the published files."""
    for file, content in published().items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()

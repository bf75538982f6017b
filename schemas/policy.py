"""From the entries of a pack to access classes, roles, workflows and decided contradictions."""

from __future__ import annotations

from schemas.model import ACTIONS, AccessClass, Contradiction, DecidedBy, Family, Role, Transition, Workflow
from schemas.parsing import check_source
from schemas.reading import Entry

MOST_GRANT_DAYS = 3650


def parse_access_class(entry: Entry, roles: tuple[str, ...]) -> AccessClass:
    """An access class; its roles must be roles of the pack."""
    value = AccessClass(
        code=entry.text("code"),
        title_zh=entry.text("zh"),
        title_en=entry.text("en"),
        rank=entry.number("rank", 0),
        viewing=entry.choice("viewing", ("role", "grant")),
        found_by=entry.choice("found_by", ("text", "metadata", "nothing"), "text"),
        known=entry.texts("known"),
        reader_roles=entry.texts("reader_roles"),
        download=entry.choice("download", ("role", "grant", "never"), "role"),
        approver_roles=entry.texts("approver_roles"),
        grant_days=entry.number("grant_days", 7),
        printing=entry.choice("printing", ("role", "grant", "never"), "role"),
        export=entry.choice("export", ("role", "grant", "never"), "role"),
        export_roles=entry.texts("export_roles") or ("archivist",),
        clause=entry.text("clause", ""),
        decided_by=DecidedBy(entry.choice("decided_by", DecidedBy, DecidedBy.MANUAL)),
        reason=entry.text("reason", ""),
    )
    groups = {
        "reader_roles": value.reader_roles,
        "approver_roles": value.approver_roles,
        "export_roles": value.export_roles,
    }
    if not 1 <= value.grant_days <= MOST_GRANT_DAYS:
        entry.at("grant_days").fail(
            f"grant_days must be at least 1 and at most {MOST_GRANT_DAYS}", "write the number of days"
        )
    for key, named in groups.items():
        for position, role in enumerate(named):
            entry.check(key, role, roles, position)
    for position, name in enumerate(value.known):
        entry.check("known", name, ("type", "house", "date", "number", "dossier"), position)
    check_source(entry, value.decided_by, (value.clause,) if value.clause else (), value.reason)
    entry.finish()
    return value


def parse_family(entry: Entry) -> Family:
    """A family of record types."""
    value = Family(code=entry.text("code"), title_zh=entry.text("zh"), title_en=entry.text("en"))
    entry.finish()
    return value


def parse_role(entry: Entry, roles: tuple[str, ...]) -> Role:
    """A role; its actions must be of the closed vocabulary."""
    value = Role(
        code=entry.text("code"),
        title_zh=entry.text("zh"),
        title_en=entry.text("en"),
        actions=frozenset(entry.texts("actions")),
        excludes=entry.texts("excludes"),
    )
    for position, action in enumerate(entry.texts("actions")):
        entry.check("actions", action, ACTIONS, position)
    for position, role in enumerate(value.excludes):
        entry.check("excludes", role, roles, position)
        if role == value.code:
            entry.at("excludes", position).fail(f"{role} excludes itself", "delete it: nobody could hold it")
    entry.finish()
    return value


def parse_workflow(entry: Entry, roles: tuple[str, ...]) -> Workflow:
    """A workflow; every step leads from a known state to a known one, for roles of the pack."""
    states = entry.texts("states")
    value = Workflow(
        code=entry.text("code"),
        title_zh=entry.text("zh"),
        title_en=entry.text("en"),
        initial=entry.choice("initial", states),
        states=states,
        transitions=tuple(_transition(step, states, roles) for step in entry.entries("transitions")),
    )
    _check_steps(entry, value)
    entry.finish()
    return value


def _check_steps(entry: Entry, workflow: Workflow) -> None:
    """Every state can be reached from the first, and an action leads from a state to one state only."""
    reached, ahead = {workflow.initial}, [workflow.initial]
    while ahead:
        state = ahead.pop()
        for step in workflow.transitions:
            if step.source == state and step.target not in reached:
                reached.add(step.target)
                ahead.append(step.target)
    for position, state in enumerate(workflow.states):
        if state not in reached:
            hint = "add a step to it or delete the state"
            entry.at("states", position).fail(f"no step leads to {state} from {workflow.initial}", hint)
    for position, step in enumerate(workflow.transitions):
        if workflow.step(step.source, step.action) is not step:
            place = entry.at("transitions", position)
            place.fail(f"{step.action} from {step.source} stands twice", "name the second action differently")


def _transition(entry: Entry, states: tuple[str, ...], roles: tuple[str, ...]) -> Transition:
    step = Transition(
        action=entry.text("action"),
        source=entry.choice("from", states),
        target=entry.choice("to", states),
        roles=entry.texts("roles"),
        not_same_as=entry.texts("not_same_as"),
        needs_reason=entry.flag("needs_reason", False),
    )
    for position, role in enumerate(step.roles):
        entry.check("roles", role, (*roles, "system"), position)
    entry.finish()
    return step


def parse_contradiction(entry: Entry) -> Contradiction:
    """A contradiction of the manuals with its decision."""
    value = Contradiction(
        code=entry.text("code"),
        title_zh=entry.text("zh"),
        title_en=entry.text("en"),
        severity=entry.choice("severity", ("high", "medium", "low")),
        clauses=entry.texts("clauses"),
        decision=entry.text("decision"),
        decision_zh=entry.text("decision_zh"),
        change=entry.text("change"),
    )
    entry.finish()
    return value

"""Dates in, decision with reasons out. Knows no database; today is an argument."""

from retention.decide import decide
from retention.facts import read_facts
from retention.model import Decision, Event, Facts, FactsError, HoldFact, Outcome
from retention.schedule import Schedule, changed_types, decide_by_schedule, schedule_of, settle
from retention.simulate import Case, Change, Effect, decide_by_pack, simulate

__all__ = [
    "Case",
    "Change",
    "Decision",
    "Effect",
    "Event",
    "Facts",
    "FactsError",
    "HoldFact",
    "Outcome",
    "Schedule",
    "changed_types",
    "decide",
    "decide_by_pack",
    "decide_by_schedule",
    "read_facts",
    "schedule_of",
    "settle",
    "simulate",
]

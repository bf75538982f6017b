"""Dates in, decision with reasons out. Knows no database; today is an argument."""

from retention.decide import decide
from retention.facts import read_facts
from retention.model import Decision, Event, Facts, FactsError, HoldFact, Outcome
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
    "decide",
    "decide_by_pack",
    "read_facts",
    "simulate",
]

"""Dates in, decision with reasons out. Knows no database; today is an argument."""

from retention.decide import decide
from retention.facts import read_facts
from retention.model import Decision, Event, Facts, FactsError, HoldFact, Outcome

__all__ = ["Decision", "Event", "Facts", "FactsError", "HoldFact", "Outcome", "decide", "read_facts"]

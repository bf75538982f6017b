"""Printed forms: how a record type looks on A4, and what a printed one is that may come back."""

from archive.domain.forms.elements import A4, Code, Frame, Rule, Sheet, Slot, Words
from archive.domain.forms.layout import Print, lay_out

__all__ = ["A4", "Code", "Frame", "Print", "Rule", "Sheet", "Slot", "Words", "lay_out"]

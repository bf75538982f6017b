"""Use cases: one function each. They know ports and domain, never an engine."""

"""Dates in, decision with reasons out. Knows no database; today is an argument."""

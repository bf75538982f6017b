"""The working truth in SQLite or PostgreSQL: tables derived from the domain's dataclasses, one unit of
work."""

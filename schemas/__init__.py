"""Vocabulary and policy as data: record types, retention rules, access classes, roles, workflows, spellings."""

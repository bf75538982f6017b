"""Asking for, granting and ending the right to read."""

from archive.services.access.decisions import approve, choosable, refuse, revoke
from archive.services.access.deputies import absences, end_absence, set_absence
from archive.services.access.emergency import read_in_emergency, review_emergency
from archive.services.access.requests import MAX_DAYS, request, request_access, requests, withdraw

__all__ = [
    "MAX_DAYS",
    "absences",
    "approve",
    "choosable",
    "end_absence",
    "read_in_emergency",
    "refuse",
    "request",
    "request_access",
    "requests",
    "review_emergency",
    "revoke",
    "set_absence",
    "withdraw",
]

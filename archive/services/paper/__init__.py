"""Paper originals: where they stand, who has one out on loan, and the printed register of readings."""

from archive.services.paper.lending import (
    approve,
    hand_out,
    refuse,
    remind,
    report_lost,
    request_loan,
    take_back,
    withdraw,
)
from archive.services.paper.lists import desk_of, loan, loans, whereabouts, whereabouts_of
from archive.services.paper.register import reading_register
from archive.services.paper.storing import add_place, change_place, labels, place, place_of, places, put

__all__ = [
    "add_place",
    "approve",
    "change_place",
    "desk_of",
    "hand_out",
    "labels",
    "loan",
    "loans",
    "place",
    "place_of",
    "places",
    "put",
    "reading_register",
    "refuse",
    "remind",
    "report_lost",
    "request_loan",
    "take_back",
    "whereabouts",
    "whereabouts_of",
    "withdraw",
]

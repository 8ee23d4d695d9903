"""The verbs of the shelf: editions, what finds mini-apps, ratings, complaints, testers and defects."""

from miniapps.shelf.service._defects import Move, Report, appoint, dismiss, move, reply, report
from miniapps.shelf.service._editions import discard, edit, publish, roll_back, seed
from miniapps.shelf.service._index import index, index_waiting, store
from miniapps.shelf.service._telling import (
    tell_of_answer,
    tell_of_comment,
    tell_of_defect,
    tell_tester,
    tell_what_to_try,
)
from miniapps.shelf.service._trying import assign, unassign
from miniapps.shelf.service._voices import answer, complain, forget, moderate, rate, withdraw_rating

__all__ = [
    "Move", "Report", "answer", "appoint", "assign", "complain", "discard", "dismiss", "edit", "forget",
    "index", "index_waiting", "moderate", "move", "publish", "rate", "reply", "report", "roll_back", "seed",
    "store", "tell_of_answer", "tell_of_comment", "tell_of_defect", "tell_tester", "tell_what_to_try",
    "unassign", "withdraw_rating",
]  # fmt: skip

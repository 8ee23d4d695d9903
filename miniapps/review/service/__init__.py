"""Verbs of reviews: the machine looks, people claim and decide, developers note and appeal."""

from miniapps.review.service._deciding import approve, approve_at_once, refuse
from miniapps.review.service._developers import appeal, note
from miniapps.review.service._evidence import attach, shot
from miniapps.review.service._looking import configure, look
from miniapps.review.service._promised import tell_late, watch_looks
from miniapps.review.service._queue import claim, hurry, open_, unclaim
from miniapps.review.service._telling import sweep, tell_decided, tell_overdue

__all__ = [
    "appeal",
    "approve",
    "approve_at_once",
    "attach",
    "claim",
    "configure",
    "hurry",
    "look",
    "note",
    "open_",
    "refuse",
    "shot",
    "sweep",
    "tell_decided",
    "tell_late",
    "tell_overdue",
    "unclaim",
    "watch_looks",
]

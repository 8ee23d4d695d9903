"""The verbs of a case: one function, one transaction each."""

from miniapps.cases.service._acceptance import accept, ask_correction, decline
from miniapps.cases.service._answer import Correction, answer_correction, hand_paper
from miniapps.cases.service._clocks import recount
from miniapps.cases.service._content import list_seen, look, look_into, look_over, look_up, seen
from miniapps.cases.service._content import open_ as open_content
from miniapps.cases.service._decision import complete, decide, deliver
from miniapps.cases.service._draft import (
    Draft,
    Edit,
    Preparation,
    discard_draft,
    edit_draft,
    open_draft,
    prepare,
)
from miniapps.cases.service._due import ring, sweep_overdue
from miniapps.cases.service._life import ask_nod
from miniapps.cases.service._notices import inform, inform_overdue, inform_paper_due
from miniapps.cases.service._powers import authorise, bar_commitments, repair_commitments
from miniapps.cases.service._prefill import prefilled
from miniapps.cases.service._review import extend, forward, pause, resume, review, void, withdraw
from miniapps.cases.service._submit import receive, submit
from miniapps.cases.service._together import share_statements

__all__ = [
    "Correction", "Draft", "Edit", "Preparation",
    "accept", "answer_correction", "ask_correction", "ask_nod", "authorise", "bar_commitments", "complete",
    "decide", "decline", "deliver", "discard_draft", "edit_draft", "extend", "forward", "hand_paper",
    "inform", "inform_overdue", "inform_paper_due", "list_seen", "look", "look_into", "look_over", "look_up",
    "open_content", "open_draft", "pause", "prefilled", "prepare", "receive", "recount", "repair_commitments",
    "resume", "review", "ring", "seen", "share_statements", "submit", "sweep_overdue", "void", "withdraw",
]  # fmt: skip

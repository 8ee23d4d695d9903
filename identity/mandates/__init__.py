"""Mandates: every right to act for another party, in one table (法定代表人, 经办人, 监护人, 代办, 村级代办).

A mandate names the principal (`party_id`), the person who may act, for what, and until when.  It is never
passed on: whoever acts by one cannot give one, but for a firm's representative, who appoints its agents.
"""

from identity.mandates._agreements import (
    Proposal,
    Side,
    accept,
    appoint,
    end,
    propose,
    propose_village,
    refuse,
    revoke,
    sweep,
)
from identity.mandates._changes import stands
from identity.mandates._evidence import guard, represent, support_oneself
from identity.mandates._looks import Described, by_id, described, held_by, page, parties
from identity.mandates._nods import Nod, answer_nod, ask_nod, nods, use_nod
from identity.mandates._rules import ALWAYS, DELEGABLE, LEVEL, NARROWABLE, MandateState, may_consent, state_at
from identity.mandates._tables import IN_FORCE, Mandate

__all__ = [
    "ALWAYS", "DELEGABLE", "IN_FORCE", "LEVEL", "NARROWABLE", "Described", "Mandate", "MandateState",
    "Nod", "Proposal",
    "Side", "accept", "answer_nod", "appoint", "ask_nod", "by_id", "described", "end", "guard", "held_by",
    "may_consent", "nods", "page", "parties", "propose", "propose_village", "refuse", "represent", "revoke",
    "stands", "state_at", "support_oneself", "sweep", "use_nod",
]  # fmt: skip

"""The life of a case as a table: every state meets every verb, and the answer is written down."""

from enum import StrEnum

from miniapps.cases.errors import MoveRefused


class CaseState(StrEnum):
    """Where a case stands."""

    DRAFT = "draft"  # 草稿
    SUBMITTED = "submitted"  # 收件: received, with receipt number
    CORRECTING = "correcting"  # 补正告知: waiting for the applicant
    DECLINED = "declined"  # not accepted; `Decline` says which of the three
    ACCEPTED = "accepted"  # 受理
    REVIEWING = "reviewing"  # 审查
    PAUSED = "paused"  # 特别程序: a listed matter stops the clocks
    DECIDED = "decided"  # 决定; `Outcome` says which
    COMPLETED = "completed"  # 办结
    DELIVERED = "delivered"  # 送达
    WITHDRAWN = "withdrawn"  # 撤回
    VOIDED = "voided"  # 作废办结
    FORWARDED = "forwarded"  # 转报办结


class Verb(StrEnum):
    """What can be done with a case."""

    EDIT = "edit"
    DISCARD = "discard"
    SUBMIT = "submit"
    ASK_CORRECTION = "ask_correction"
    ANSWER_CORRECTION = "answer_correction"
    DECLINE = "decline"
    ACCEPT = "accept"
    REVIEW = "review"
    HAND_PAPER = "hand_paper"  # a paper that was to follow (容缺) arrives
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    DECIDE = "decide"
    COMPLETE = "complete"
    DELIVER = "deliver"
    WITHDRAW = "withdraw"
    VOID = "void"
    FORWARD = "forward"


S, V = CaseState, Verb

BEFORE_SUBMISSION = {V.EDIT, V.DISCARD, V.SUBMIT}
BEFORE_ACCEPTANCE = {V.ASK_CORRECTION, V.ANSWER_CORRECTION, V.DECLINE, V.ACCEPT}
CLOCK_WORK = {V.PAUSE, V.RESUME, V.EXTEND}
CLOSING = {V.COMPLETE, V.DELIVER}
SIDE_EXITS = {V.WITHDRAW, V.VOID, V.FORWARD}

MOVES: dict[CaseState, dict[Verb, CaseState]] = {
    S.DRAFT: {V.EDIT: S.DRAFT, V.DISCARD: S.DRAFT, V.SUBMIT: S.SUBMITTED},
    S.SUBMITTED: {
        V.HAND_PAPER: S.SUBMITTED,
        V.ASK_CORRECTION: S.CORRECTING,
        V.DECLINE: S.DECLINED,
        V.ACCEPT: S.ACCEPTED,
        V.WITHDRAW: S.WITHDRAWN,
    },
    S.CORRECTING: {V.ANSWER_CORRECTION: S.SUBMITTED, V.DECLINE: S.DECLINED, V.WITHDRAW: S.WITHDRAWN},
    S.DECLINED: {},
    S.ACCEPTED: {
        V.REVIEW: S.REVIEWING,
        V.HAND_PAPER: S.ACCEPTED,
        V.PAUSE: S.PAUSED,
        V.EXTEND: S.ACCEPTED,
        V.DECIDE: S.DECIDED,
        V.WITHDRAW: S.WITHDRAWN,
        V.VOID: S.VOIDED,
        V.FORWARD: S.FORWARDED,
    },
    S.REVIEWING: {
        V.HAND_PAPER: S.REVIEWING,
        V.PAUSE: S.PAUSED,
        V.EXTEND: S.REVIEWING,
        V.DECIDE: S.DECIDED,
        V.WITHDRAW: S.WITHDRAWN,
        V.VOID: S.VOIDED,
        V.FORWARD: S.FORWARDED,
    },
    S.PAUSED: {
        V.HAND_PAPER: S.PAUSED,
        V.RESUME: S.REVIEWING,
        V.WITHDRAW: S.WITHDRAWN,
        V.VOID: S.VOIDED,
    },
    S.DECIDED: {V.COMPLETE: S.COMPLETED},
    S.COMPLETED: {V.DELIVER: S.DELIVERED},
    S.DELIVERED: {},
    S.WITHDRAWN: {},
    S.VOIDED: {},
    S.FORWARDED: {},
}
"""What each state answers to each verb it knows; the other verbs stand in `REFUSED`."""

_ALL = frozenset(Verb)

REFUSED: dict[CaseState, frozenset[Verb]] = {
    S.DRAFT: _ALL - BEFORE_SUBMISSION,
    S.SUBMITTED: frozenset(
        BEFORE_SUBMISSION
        | CLOCK_WORK
        | CLOSING
        | {V.ANSWER_CORRECTION, V.REVIEW, V.DECIDE, V.VOID, V.FORWARD}
    ),
    S.CORRECTING: frozenset(
        BEFORE_SUBMISSION
        | CLOCK_WORK
        | CLOSING
        | {V.ASK_CORRECTION, V.ACCEPT, V.REVIEW, V.HAND_PAPER, V.DECIDE, V.VOID, V.FORWARD}
    ),
    S.DECLINED: _ALL,
    S.ACCEPTED: frozenset(BEFORE_SUBMISSION | BEFORE_ACCEPTANCE | CLOSING | {V.RESUME}),
    S.REVIEWING: frozenset(BEFORE_SUBMISSION | BEFORE_ACCEPTANCE | CLOSING | {V.REVIEW, V.RESUME}),
    S.PAUSED: frozenset(
        BEFORE_SUBMISSION | BEFORE_ACCEPTANCE | CLOSING | {V.REVIEW, V.PAUSE, V.EXTEND, V.DECIDE, V.FORWARD}
    ),
    S.DECIDED: frozenset(
        BEFORE_SUBMISSION
        | BEFORE_ACCEPTANCE
        | CLOCK_WORK
        | SIDE_EXITS
        | {V.REVIEW, V.HAND_PAPER, V.DECIDE, V.DELIVER}
    ),
    S.COMPLETED: _ALL - {V.DELIVER},
    S.DELIVERED: _ALL,
    S.WITHDRAWN: _ALL,
    S.VOIDED: _ALL,
    S.FORWARDED: _ALL,
}
"""The cells that refuse, said aloud, so that a new verb is thought about in every state."""

IN_PROGRESS = frozenset(
    {S.SUBMITTED, S.CORRECTING, S.ACCEPTED, S.REVIEWING, S.PAUSED, S.DECIDED, S.COMPLETED}
)
"""The case is with the authorities."""

ENDED = frozenset(state for state in CaseState if not MOVES[state])
"""Nothing more happens."""


class Hand(StrEnum):
    """Who may lay hand on a case with a verb."""

    APPLICANT = "applicant"  # the party, or who acts for it
    WINDOW = "window"  # the applicant, or a clerk who receives for him
    COMPETENT = "competent"  # a clerk of the deciding organ, or of one it has authorised


HANDS: dict[Verb, Hand] = {
    V.EDIT: Hand.APPLICANT,
    V.DISCARD: Hand.APPLICANT,
    V.SUBMIT: Hand.WINDOW,
    V.ASK_CORRECTION: Hand.COMPETENT,
    V.ANSWER_CORRECTION: Hand.WINDOW,
    V.DECLINE: Hand.COMPETENT,
    V.ACCEPT: Hand.COMPETENT,
    V.REVIEW: Hand.COMPETENT,
    V.HAND_PAPER: Hand.WINDOW,
    V.PAUSE: Hand.COMPETENT,
    V.RESUME: Hand.COMPETENT,
    V.EXTEND: Hand.COMPETENT,
    V.DECIDE: Hand.COMPETENT,
    V.COMPLETE: Hand.COMPETENT,
    V.DELIVER: Hand.COMPETENT,
    V.WITHDRAW: Hand.APPLICANT,
    V.VOID: Hand.COMPETENT,
    V.FORWARD: Hand.COMPETENT,
}


PREPARES = frozenset({V.EDIT, V.DISCARD})
"""Verbs that hand nothing in: a village agent needs no nod for them."""


def move(state: CaseState, verb: Verb) -> CaseState:
    """Return the state that `verb` leads to.

    Raises: MoveRefused when the table says no.
    """
    to = MOVES[state].get(verb)
    if to is None:
        raise MoveRefused(state=state, verb=verb)
    return to

"""Refusals about trips.

DomainError
├── VisitSourceRefused   422  this caller cannot speak for that source
├── VisitTimeRefused     422  the visit lies in the future or long before the case
├── VisitUnfounded       422  a visit recorded by staff names its evidence
├── VisitTooEarly        409  a draft cannot have visits yet
├── NotYetJudged         409  there is no verdict to answer to yet
└── AnswerNotYours       403  only the citizen whose case it is says whether the verdict is right
"""

from banshi.errors import DomainError


class VisitSourceRefused(DomainError):
    """A citizen speaks for himself, staff for their counters and machines."""

    code = "TRIP_SOURCE_REFUSED"
    status = 422
    text = "You cannot record a visit from the source {source}."


class VisitTimeRefused(DomainError):
    """The visit lies after now, or more than a year before the case was opened."""

    code = "TRIP_TIME_REFUSED"
    status = 422
    text = "A visit at {visited_at} cannot belong to this case."


class VisitUnfounded(DomainError):
    """A visit that staff or a machine records must name the ticket or record that shows it."""

    code = "TRIP_EVIDENCE_MISSING"
    status = 422
    text = "Name the evidence by a reference (no ID or phone number); a SHA-256 has 64 hexadecimal digits."


class VisitTooEarly(DomainError):
    """A draft may still be thrown away; its visits are recorded once it is handed in, with their own time."""

    code = "TRIP_CASE_IS_DRAFT"
    text = "The case {case_id} is a draft; record the visit after it is handed in."


class NotYetJudged(DomainError):
    """The verdict comes when the case is closed."""

    code = "TRIP_NOT_YET_JUDGED"
    text = "The case {case_id} has no verdict yet."


class AnswerNotYours(DomainError):
    """Staff and mini-apps may read a verdict; they may not answer for the citizen."""

    code = "TRIP_ANSWER_NOT_YOURS"
    status = 403
    text = "Only the citizen whose case it is may say whether the verdict is right."

"""Why a review does not go on so."""

from banshi.errors import DomainError


class ReviewNotFound(DomainError):
    """No such review, look of the machine or picture, or not one that this caller may see."""

    code = "REVIEW_NOT_FOUND"
    status = 404
    text = "There is no review {id} that you may see."


class ReviewOver(DomainError):
    """The review was decided, or its version was withdrawn."""

    code = "REVIEW_OVER"
    text = "This review is over."


class ReviewTaken(DomainError):
    """Another reviewer has claimed it, until the time told."""

    code = "REVIEW_TAKEN"
    text = "Another reviewer looks at it until {until}."


class ReviewNotClaimed(DomainError):
    """Only who has claimed a review decides it."""

    code = "REVIEW_NOT_CLAIMED"
    text = "Claim the review before you decide it."


class ReviewNotForYou(DomainError):
    """Who handed a version in, or decided on it before, leaves it to another person."""

    code = "REVIEW_NOT_FOR_YOU"
    status = 403
    text = "You handed this version in or decided on it before; another person reviews it."


class ReasonsNeeded(DomainError):
    """A refusal cites at least one rule, says what is wrong, and where that is to be seen."""

    code = "REVIEW_REASONS_NEEDED"
    status = 422
    text = "reasons[{at}]: {problem}"


class AppealRefused(DomainError):
    """A version is looked at again once, after it was refused."""

    code = "REVIEW_APPEAL_REFUSED"
    text = "This version cannot be looked at again: {problem}. Hand in a better one under a new number."

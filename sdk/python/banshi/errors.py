"""The refusals a client can meet, spelled once for the server and for SDK users.

DomainError
├── Unavailable          503  a neighbour did not answer; try again
├── InvalidInput         422  the call is malformed; `problems` say where and how to mend it
├── NotFound             404  no such thing, or not yours: the answer is the same
└── … each slice's own refusals, in its errors.py
"""

from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal the caller can act on.

    Subclasses set `code` and `text`; nobody raises this class itself.
    graphql-core copies `extensions` into the response, so no mapping code exists.
    (It would copy a `message` attribute too, unfilled; hence `text`.)
    """

    code: ClassVar[str]
    status: ClassVar[int] = 409
    text: ClassVar[str]
    retryable: ClassVar[bool] = False

    def __init__(self, **data: object) -> None:
        self.data = {name: str(value) for name, value in data.items()}
        super().__init__(self.text.format(**self.data))

    @property
    def extensions(self) -> dict[str, Any]:
        """What goes beside the message on the wire: `{code, data}`."""
        return {"code": self.code, "data": self.data}


class Unavailable(DomainError):
    """A neighbour system did not answer; the same call may work later."""

    code = "UNAVAILABLE"
    status = 503
    text = "{system} did not answer."
    retryable = True


class NotFound(DomainError):
    """Nothing the caller may see has this id; also said of what belongs to somebody else."""

    code = "NOT_FOUND"
    status = 404
    text = "There is no {what} {id} that you may see."


class InvalidInput(DomainError):
    """An argument is malformed: `field` says which, `problem` what and how to mend it."""

    code = "INVALID_INPUT"
    status = 422
    text = "{field}: {problem}"

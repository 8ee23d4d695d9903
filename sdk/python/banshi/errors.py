"""The refusals a client can meet, spelled once for the server and for SDK users.

DomainError
├── Unavailable          503  a neighbour did not answer; try again
├── InvalidInput         422  the call is malformed; `problems` say where and how to mend it
├── KeyReused            409  an idempotency key stands for one command for good
├── NotFound             404  no such thing, or not yours: the answer is the same
├── NotSignedIn          401  no session, or one that has ended
├── ScopeMissing         403  the caller may not use this field at all
├── RateLimited          429  too many tries; `retry_after_s` says when to come back
├── ConsentNeeded        403  the citizen has not agreed to `scope`: open the mini-app anew
├── LevelNeeded          401  the citizen must sign in more strongly
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


class KeyReused(DomainError):
    """The idempotency key stands for another command: take a new one."""

    code = "IDEMPOTENCY_KEY_REUSED"
    text = "This idempotency key was used for another command."


class NotSignedIn(DomainError):
    """There is no session, or it has expired or been revoked: sign in again."""

    code = "NOT_SIGNED_IN"
    status = 401
    text = "Sign in first."


class ScopeMissing(DomainError):
    """The caller's roles or grants do not include `scope`."""

    code = "SCOPE_MISSING"
    status = 403
    text = "This needs the scope {scope}."


class RateLimited(DomainError):
    """Too many tries in too short a time; come back in `retry_after_s` seconds."""

    code = "RATE_LIMITED"
    status = 429
    text = "Too many tries. Come back in {retry_after_s} s."
    retryable = True


class ConsentNeeded(DomainError):
    """The citizen has not agreed to `scope`; he can be asked by opening the mini-app anew."""

    code = "APP_CONSENT_NEEDED"
    status = 403
    text = "This needs the citizen's consent to {scope}."


class LevelNeeded(DomainError):
    """The citizen must sign in more strongly: real-name level `level`."""

    code = "LEVEL_NEEDED"
    status = 401
    text = "This needs real-name level {level}."

"""What the provider refuses, in the words of OAuth.  These never leave in GraphQL's shape.

OAuthError        400, or as RFC 6749 5.2 and the others say: {error, error_description}
├── ClientRefused 401, invalid_client
├── TokenRefused  401 or 403, with the challenge of RFC 6750 3 or RFC 9449 7.1
└── SentBack      goes to the client's redirect URI (RFC 6749 4.1.2.1), once that is known to be its own
RequestUnknown, RequestRefused    told by pages
"""

from banshi.errors import DomainError

UNPRINTABLE = str.maketrans({'"': "'", "\\": "/"})  # not allowed in error_description (RFC 6749 5.2)


class OAuthError(Exception):
    """A refusal with one of the registered error codes; `description` is English, for developers."""

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        self.error = error
        self.description = printable(description)
        self.status = status
        super().__init__(f"{error}: {self.description}")

    @property
    def body(self) -> dict[str, str]:
        """What the client is told."""
        return {"error": self.error, "error_description": self.description}


class ClientRefused(OAuthError):
    """The client did not prove itself; unknown, disabled and wrong are answered alike."""

    def __init__(
        self, description: str = "The client did not prove itself.", *, by_header: bool = False
    ) -> None:
        super().__init__("invalid_client", description, status=401)
        self.by_header = by_header  # then the answer names the scheme (RFC 6749 5.2)


class TokenRefused(OAuthError):
    """An access token that is not good for this."""

    def __init__(
        self, error: str, description: str, *, status: int = 401, scheme: str = "Bearer", scope: str = ""
    ) -> None:
        super().__init__(error, description, status=status)
        self.scheme = scheme
        self.scope = scope


class SentBack(OAuthError):
    """A refusal that the browser takes to the client."""


class RequestUnknown(DomainError):
    """No such request of this browser is waiting: it never was, is over, or took too long."""

    code = "REQUEST_UNKNOWN"
    status = 404
    text = "这次授权请求已失效，请回到应用重新发起。"


class RequestRefused(DomainError):
    """A client sent the browser with a request that cannot be taken back to it; developers read why."""

    code = "OAUTH_REQUEST_REFUSED"
    status = 400
    text = "应用发来的请求有误，请联系应用的运营单位。（{error}: {description}）"


def printable(text: str) -> str:
    """Return `text` in the characters that error_description may hold."""
    return "".join(each if " " <= each <= "~" else "?" for each in text.translate(UNPRINTABLE))[:300]

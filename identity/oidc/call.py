"""One call of a client at one of our endpoints: what it sent, each thing once (RFC 6749 3.1, 3.2)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from identity.oidc.errors import OAuthError

MANY = frozenset({"resource"})  # may be sent several times (RFC 8707 2)
LONGEST = 10_000  # characters of one value


@dataclass(frozen=True, kw_only=True)
class Call:
    """What was sent to `endpoint`, the last word of its path."""

    endpoint: str
    method: str
    address: str
    parameters: dict[str, str]
    resources: list[str] = field(default_factory=list)
    authorization: str = ""  # the header
    proofs: tuple[str, ...] = ()  # the headers DPoP

    def needs(self, name: str) -> str:
        """Return a parameter; raises OAuthError when it is missing."""
        if name not in self.parameters:
            raise OAuthError("invalid_request", f"{name} is missing")
        return self.parameters[name]


def parameters(pairs: Iterable[tuple[str, str]]) -> tuple[dict[str, str], list[str]]:
    """Return the parameters, and all values of `resource`; one without a value counts as left out.

    Raises: OAuthError when one stands twice, is too long, or holds what no parameter does.
    """
    found: dict[str, str] = {}
    resources: list[str] = []
    for name, value in pairs:
        if len(value) > LONGEST or "\0" in value or "\0" in name:
            raise OAuthError("invalid_request", "a parameter is too long, or holds a NUL")
        if name in MANY:
            resources.append(value)
        elif name in found:
            raise OAuthError("invalid_request", f"{name[:40]} stands more than once")
        else:
            found[name] = value
    return {name: value for name, value in found.items() if value}, [each for each in resources if each]

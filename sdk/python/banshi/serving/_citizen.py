"""The citizen on whose behalf the platform calls: what he lets the mini-app know and do, and no more."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from banshi.errors import ConsentNeeded, DomainError, LevelNeeded
from banshi.platform import OnBehalf


class CitizenInvented(DomainError):
    """A developer invented this citizen at his desk: the platform has nothing of his."""

    code = "CITIZEN_INVENTED"
    text = "This citizen is invented, so the platform has nothing of his. `miniapp dev --alone` plays one."


class CitizenNotCalling(DomainError):
    """The mini-app acts for the citizen of a call, and this one did not come with any."""

    code = "CITIZEN_NOT_CALLING"
    status = 500
    text = "No call brought this citizen: act for the one that a handler is given."


@dataclass(frozen=True, kw_only=True)
class Citizen:
    """Who it is, as this mini-app knows him and no other does."""

    sub: str  # pairwise subject
    level: int = 1  # real-name level 1–3
    scopes: frozenset[str] = frozenset()  # what he agreed to
    region: str = "330000"  # GB/T 2260
    elder: bool = False  # he uses elder mode
    claims: Mapping[str, Any] = field(default_factory=dict)  # what else the platform tells, by consent
    behalf: Callable[[Collection[str]], OnBehalf] | None = field(default=None, repr=False, compare=False)

    def may(self, scope: str) -> bool:
        """Say whether he agreed to `scope`."""
        return scope in self.scopes

    def require(self, scope: str, *, level: int = 1) -> None:
        """Refuse to go on without his consent to `scope`, or below a real-name level.

        Raises: ConsentNeeded, LevelNeeded.
        """
        if not self.may(scope):
            raise ConsentNeeded(scope=scope)
        if self.level < level:
            raise LevelNeeded(level=level)

    def platform(self, *scopes: str) -> OnBehalf:
        """Return what acts for him at the platform; with `scopes` it may do no more than those.

            async with citizen.platform() as platform:
                case = await platform.cases.start(draft, key=ask.key)

        Nothing is asked of the platform before it is needed; begin within a minute of the call.  It goes on
        for as long as the page that called may, ten minutes at most, and ends when he withdraws his consent
        or signs out: NOT_SIGNED_IN.  Of a refusal that the handler does not catch the page is told the code.
        Raises: CitizenInvented, CitizenNotCalling.
        """
        if self.claims.get("invented") is True:
            raise CitizenInvented
        if self.behalf is None:
            raise CitizenNotCalling
        return self.behalf(scopes)

"""What a mandate may allow, for how long, and whom the law lets give or bear one: pure."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from banshi.errors import InvalidInput
from banshi.scopes import Scope
from identity.relation_errors import MandateRefused
from identity.roles import SCOPES, MandateKind, Role

LEVEL = 3  # of the sign-in of whoever gives, takes or uses a mandate (代办须实名实人)
LONGEST = timedelta(days=365)
VILLAGE_LONGEST = timedelta(days=30)
PROPOSED_FOR = timedelta(days=30)  # an answer that comes later is no answer
RECHECKED_AFTER = timedelta(days=365)  # a firm's representative proves anew that he is
MOST_CODES = 20

ALWAYS = frozenset(
    {Scope.PROFILE_READ, Scope.SESSIONS_WRITE, Scope.ITEMS_READ, Scope.APPS_READ, Scope.STORAGE_KEEP}
)
"""What concerns the delegate himself or everybody: changing back, leaving, and looking at the catalogue.

What mini-apps keep comes along: only one that the mandate lets him open for the party can do it.  What they
write does not: the page's token is in the delegate's hands, and he would write under the mini-app's name.
"""

DELEGABLE = frozenset(
    {
        Scope.MATERIALS_READ, Scope.MATERIALS_WRITE, Scope.CASES_READ, Scope.CASES_WRITE, Scope.TRIPS_READ,
        Scope.TRIPS_WRITE, Scope.NOTICES_READ, Scope.NOTICES_WRITE, Scope.APPS_OPEN,
    }
)  # fmt: skip
"""What one party may let another do."""

NARROWABLE = frozenset(
    {
        Scope.MATERIALS_READ, Scope.MATERIALS_WRITE, Scope.CASES_READ, Scope.CASES_WRITE, Scope.TRIPS_READ,
        Scope.TRIPS_WRITE,
    }
)  # fmt: skip
"""What can be narrowed to some items; an inbox or a mini-app cannot."""

BY_LAW: dict[MandateKind, frozenset[Scope]] = {
    MandateKind.REPRESENTATIVE: DELEGABLE | {Scope.SESSIONS_READ, Scope.MANDATES_READ, Scope.MANDATES_WRITE},
    MandateKind.GUARDIAN: DELEGABLE | {Scope.SESSIONS_READ, Scope.MANDATES_READ},
}
"""What the kinds that rest on evidence allow; SESSIONS_READ shows who looked at the party's data."""

VILLAGE_SCOPES = frozenset({Scope.CASES_READ, Scope.CASES_WRITE, Scope.MATERIALS_READ, Scope.TRIPS_READ})


class MandateState(StrEnum):
    """Where a mandate stands.  Only an active one that has not run out lets anybody act."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    REFUSED = "refused"
    REVOKED = "revoked"
    EXPIRED = "expired"


OPEN = frozenset({MandateState.PROPOSED, MandateState.ACTIVE})


def state_at(
    state: MandateState, *, proposed_at: datetime, expires_at: datetime, now: datetime
) -> MandateState:
    """Return the state as it is at `now`: one that has run out is expired, whether or not that is noted."""
    if state is MandateState.PROPOSED and now >= min(expires_at, proposed_at + PROPOSED_FOR):
        return MandateState.EXPIRED
    return MandateState.EXPIRED if state is MandateState.ACTIVE and now >= expires_at else state


def check_scopes(scopes: Collection[Scope], codes: Collection[str] | None) -> frozenset[Scope]:
    """Return the scopes when one party may let another have them.

    Raises: MandateRefused.
    """
    wanted = frozenset(scopes)
    allowed = DELEGABLE if codes is None else NARROWABLE
    if not wanted or not wanted <= allowed:
        raise MandateRefused(problem="请至少选择一项可以委托的权限，限定事项的委托不能包含消息和应用")
    return wanted & SCOPES[Role.CITIZEN]


def check_codes(codes: Collection[str] | None) -> frozenset[str] | None:
    """Return the catalogue codes (12 digits each) a mandate is narrowed to; None: to none.

    Raises: InvalidInput.
    """
    if codes is None:
        return None
    if not 0 < len(codes) <= MOST_CODES or not all(_is_code(code) for code in codes):
        raise InvalidInput(field="codes", problem=f"请填写 1 至 {MOST_CODES} 个 12 位的事项编码，或者留空")
    return frozenset(codes)


def _is_code(code: str) -> bool:
    return len(code) == 12 and code.isascii() and code.isdigit()


def check_until(until: datetime, *, longest: timedelta = LONGEST, now: datetime) -> datetime:
    """Return the end of a mandate when it lies ahead and not too far.

    Raises: InvalidInput.
    """
    if not now < until <= now + longest:
        raise InvalidInput(field="until", problem=f"请填写以后的时间，最长 {longest.days} 天")
    return until


def may_consent(kind: MandateKind, consent_until: datetime | None, *, now: datetime) -> bool:
    """Say whether the delegate may agree to the use of personal data in the principal's place.

    A firm's people may for the firm, a guardian until the ward is fourteen, an agent never.
    """
    if kind is MandateKind.GUARDIAN:
        return consent_until is not None and now < consent_until
    return kind in (MandateKind.REPRESENTATIVE, MandateKind.FIRM_AGENT)

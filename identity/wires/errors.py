"""What the old wires refuse: to a citizen's browser as a page, to a client's server in its own codes.

DomainError
├── WireUnknown            404  no client speaks this wire under this code, or not any longer
├── WireCallbackRefused    400  the address to return to is not one the client registered
├── WireForCitizens        403  a wire for natural persons, asked in another acting context
├── WireForFirms           403  a wire for legal persons, asked by somebody who acts for no firm
├── WireConsentNeeded      403  the citizen has not consented to what this client gets
├── WirePaused             403  the platform tells no client who comes, for the time being
└── WireCodeTaken          409  the code is another client's
"""

from enum import StrEnum

from banshi.errors import DomainError


class WireUnknown(DomainError):
    """No client speaks this wire under this code: never did, or was switched off."""

    code = "WIRE_UNKNOWN"
    status = 404
    text = "没有找到这个应用，或者它尚未开通此登录方式。"


class WireCallbackRefused(DomainError):
    """The address to return to is not one that the client registered."""

    code = "WIRE_CALLBACK_REFUSED"
    status = 400
    text = "应用给出的返回地址未经登记，已停止登录。"


class WireForCitizens(DomainError):
    """The wire is for natural persons: change to your own acting context."""

    code = "WIRE_FOR_CITIZENS"
    status = 403
    text = "此应用只接受个人身份，请切换到您本人的身份后重试。"


class WireForFirms(DomainError):
    """The wire is for legal persons: act for a firm first."""

    code = "WIRE_FOR_FIRMS"
    status = 403
    text = "此应用只接受法人身份，请先切换到您所代表的单位后重试。"


class WireConsentNeeded(DomainError):
    """The citizen has not consented to what the client gets over the old wires."""

    code = "WIRE_CONSENT_NEEDED"
    status = 403
    text = "您还没有同意向“{name}”提供身份信息。"


class WirePaused(DomainError):
    """An operator switched off the scope `profile:read`, which is what the old wires give."""

    code = "WIRE_PAUSED"
    status = 403
    text = "平台暂时停止向应用提供身份信息，请稍后再试。"


class WireCodeTaken(DomainError):
    """The code, or the callback that stands for it, is another client's on this wire."""

    code = "WIRE_CODE_TAKEN"
    text = "{code} is another client's on the wire {wire}."


class Why(StrEnum):
    """Why a ticket or token was not taken; each wire has its own codes for these."""

    EXPIRED = "expired"  # over, used, or its session has ended
    UNKNOWN = "unknown"  # never was one
    FOREIGN = "foreign"  # another client's
    MALFORMED = "malformed"
    GONE = "gone"  # there is nothing to tell any longer: consent withdrawn, person erased
    OTHER = "other"  # not signed by the client, or at another time; also: no such client


class Refused(Exception):
    """A client's server is refused; `why` says in which of its wire's codes."""

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(why.value)


class GatewayRefused(Exception):
    """The gateway does not let a call through; the message is its own, word by word."""

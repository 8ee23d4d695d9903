"""The words a case is told in, each with its official Chinese term once."""

from enum import StrEnum


class Decline(StrEnum):
    """Why an application is not accepted: three different answers."""

    NOT_REQUIRED = "not_required"  # 不受理: no permission is needed for this
    WRONG_ORGAN = "wrong_organ"  # 不予受理: another organ is competent, and is named
    RETURNED = "returned"  # 退件


class Outcome(StrEnum):
    """How a case was decided."""

    GRANTED = "granted"  # 准予
    REFUSED = "refused"  # 不予


class Way(StrEnum):
    """How a needed material is satisfied, best first."""

    IDENTITY = "identity"  # 一证通办: the sign-in with the ID card itself
    CERTIFICATE = "certificate"  # a certificate the party holds
    WALLET = "wallet"  # given before, reused
    COMMITMENT = "commitment"  # 告知承诺: a promise replaces the proof
    TOLERATED = "tolerated"  # 容缺: the paper follows
    UPLOAD = "upload"  # to be uploaded, or uploaded for this case
    PAPER = "paper"  # an original shown or handed in at a window


class Clock(StrEnum):
    """The clocks of a case, all in working days."""

    ACCEPTANCE = "acceptance"  # from receipt; silence accepts
    PROMISED = "promised"  # from acceptance: 承诺时限
    STATUTORY = "statutory"  # from acceptance: 法定时限
    DELIVERY = "delivery"  # from decision

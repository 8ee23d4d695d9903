"""Verification: the contract behind which every way of proving who one is stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from banshi.errors import Unavailable
from identity.numbers import Sex


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the authority that verified knows of the person.  Personal data: seal it or drop it."""

    number: str  # in the normal form of `identity.numbers`
    name: str
    phone: str | None
    birthday: date | None
    sex: Sex | None
    region: str  # GB/T 2260 code of where the person lives


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """That a person was verified: how strongly, how, when, and where the evidence lies.

    Every method of signing in (`identity.methods`) ends in one of these.
    """

    level: int  # real-name level 1–3: 1 phone only, 2 name and number agree, 3 the living person was seen
    method: str  # a name of `identity.methods.METHODS`
    at: datetime
    evidence_id: str  # the authority's own reference; says nothing about the person by itself


@dataclass(frozen=True, kw_only=True)
class Proof(Evidence):
    """Evidence of an authority that also tells who the person is."""

    facts: Facts


class IdentityVerifier(Protocol):
    """The authority that knows names and numbers, and one or more ways of proving who one is (实名认证).

    `methods` names what it stands behind: "face" when `verify` sees the living person, "sms" when `match`
    knows registered phones.  An implementation
    - answers within 5 s; slower neighbours are cut off and answered as `Unavailable`;
    - raises `NotVerified` for an unknown person, a name that does not match, a failed face or code and
      an unknown method alike, after the same work, so that nobody learns who is registered;
    - raises `banshi.errors.Unavailable` when the authority cannot be asked: that is nobody's failed try;
    - raises `banshi.errors.InvalidInput` when a field that the method needs is missing;
    - keeps nothing of the form but the evidence id: no face image, no code, no number;
    - never logs the form.
    """

    methods: frozenset[str]

    async def verify(self, method: str, form: Mapping[str, str], *, address: str, now: datetime) -> Proof:
        """Return the proof that the person of `form` is who it says.

        `form` has `id_number` (already in normal form) and `name`, and what the method adds.
        `address` is the caller's, for the authority's own limits.
        """
        ...

    async def match(self, number: str, name: str, *, address: str, now: datetime) -> Facts | None:
        """Return what is known of the bearer of `number` (in normal form) if he is called `name`.

        None, after the same work, for an unknown number and for another name alike.
        Raises: Unavailable.
        """
        ...


class SmsSender(Protocol):
    """Hands short messages over to an operator.

    An implementation answers within 5 s, waits for no delivery, and does for the phone None, which is
    nobody's, the same work as for a real one but the sending; it never logs phone or text.
    """

    async def send(self, phone: str | None, text: str, *, now: datetime) -> None:
        """Send `text` to `phone`.  Raises: Unavailable, also for the phone None."""
        ...


@dataclass(frozen=True, kw_only=True)
class NetworkIdAnswer:
    """What the national service answers to a 网证: the result only, never a name or a number."""

    result: bool
    assurance: int  # real-name level 1–3 that stands behind the credential
    pseudonym: str  # of this person on this platform: stable, and another one on every other platform
    evidence_id: str


class NetworkIdVerifier(Protocol):
    """国家网络身份认证公共服务 (公安部等六部门令第 173 号): answers whether a credential (网证) is good.

    An implementation answers within 5 s, does the same work for good and bad credentials, keeps and logs
    nothing of them, and raises `banshi.errors.Unavailable` when the service cannot be asked.
    """

    async def verify(self, credential: str, *, address: str, now: datetime) -> NetworkIdAnswer:
        """Return the result; of a refused credential the other fields mean nothing."""
        ...


_verifier: IdentityVerifier | None = None
_sms: SmsSender | None = None
_network_id: NetworkIdVerifier | None = None


def configure(
    verifier: IdentityVerifier,
    *,
    sms: SmsSender | None = None,
    network_id: NetworkIdVerifier | None = None,
) -> None:
    """Tell this process whom to ask; what is None is not connected, and its method is not offered."""
    global _verifier, _sms, _network_id
    _verifier, _sms, _network_id = verifier, sms, network_id


def current() -> IdentityVerifier:
    """Return the verifier this process was told."""
    assert _verifier is not None, "identity.verifier.configure was not called"
    return _verifier


def sms() -> SmsSender:
    """Return who sends messages.  Raises: Unavailable when nobody does."""
    if _sms is None:
        raise Unavailable(system="短信服务")
    return _sms


def network_id() -> NetworkIdVerifier:
    """Return who checks 网证.  Raises: Unavailable when nobody does."""
    if _network_id is None:
        raise Unavailable(system="国家网络身份认证公共服务")
    return _network_id


def connected() -> frozenset[str]:
    """Return the names of the methods for which everybody they need is connected."""
    found = set(current().methods)
    if _sms is None:
        found.discard("sms")
    if _network_id is not None:
        found.add("network_id")
    return frozenset(found)

"""Facts: whom a pass tells of.  Personal data: it is handed to one client once and kept nowhere."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID as Id

from identity import firms, numbers, people, sandbox
from identity.numbers import NumberKind, Sex
from identity.people import Own
from identity.registries import FirmKind
from identity.roles import MandateKind
from identity.subjects import pairwise_sub
from storage.clock import local_date

PHONE_LEVEL = 1
REAL_NAME_LEVEL = 2  # below it only a phone was shown: there is no name or number to vouch for
TEST_SEED_DIGITS = 12
KINDS = {
    FirmKind.COMPANY: "企业", FirmKind.SOLE_TRADER: "个体工商户", FirmKind.INSTITUTION: "事业单位",
    FirmKind.SOCIETY: "社会组织", FirmKind.COOPERATIVE: "农民专业合作社",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Natural:
    """A natural person as a client of the old wires may know him; name and number are "" at level 1."""

    user_id: str  # 32 hexadecimal digits, another one at each client
    level: int
    name: str
    number: str
    kind: NumberKind
    sex: Sex | None
    birthday: date | None
    phone: str


@dataclass(frozen=True, kw_only=True)
class Firm:
    """A legal person, and as whom the citizen acts for it."""

    user_id: str  # of this citizen for this firm: a firm may have several accounts
    corp_id: str  # of the firm
    credit_code: str
    name: str
    kind: str  # what kind of organisation
    is_represented: bool  # whether he is its legal representative (法定代表人)
    region: str


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Whom a pass tells of: always a person, and the firm he acts for, if any."""

    person: Natural
    firm: Firm | None


async def of(
    client_id: str,
    person_id: Id,
    acting_for: Id,
    *,
    level: int,
    mandate_kind: MandateKind | None,
    test_users_only: bool,
    now: datetime,
) -> Subject:
    """Return what a pass tells; before a client is listed, an invented person's, the same one each time.

    Raises: PartyErased.
    """
    user_id = pairwise_sub(client_id, person_id)
    if test_users_only:
        person = _invented(user_id, level=level)
    else:
        person = await _real(user_id, person_id, level=level, now=now)
    if mandate_kind is None:
        return Subject(person=person, firm=None)
    known = (await firms.by_ids([acting_for]))[acting_for]
    corp_id = pairwise_sub(client_id, acting_for)
    code, name = _invented_firm(corp_id) if test_users_only else (known.code, known.name)
    firm = Firm(
        user_id=pairwise_sub(f"{client_id} for {acting_for.hex}", person_id), corp_id=corp_id,
        credit_code=code, name=name, kind=KINDS[FirmKind(known.kind)], region=known.region,
        is_represented=mandate_kind is MandateKind.REPRESENTATIVE,
    )  # fmt: skip
    return Subject(person=person, firm=firm)


def _invented_firm(corp_id: str) -> tuple[str, str]:
    serial = int(corp_id[:TEST_SEED_DIGITS], 16) % 10_000_000
    return numbers.with_credit_check(f"91330199{serial:09d}"), f"测试企业{serial:07d}"


async def _real(user_id: str, person_id: Id, *, level: int, now: datetime) -> Natural:
    return _natural(user_id, await people.own(person_id), level=level, now=now)


def _invented(user_id: str, *, level: int) -> Natural:
    persona = sandbox.citizen(int(user_id[:TEST_SEED_DIGITS], 16))
    return Natural(
        user_id=user_id, level=level, name=persona.name, number=persona.number, kind=NumberKind.CITIZEN,
        sex=persona.sex, birthday=persona.birthday, phone=persona.phone,
    )  # fmt: skip


def _natural(user_id: str, own: Own, *, level: int, now: datetime) -> Natural:
    """Return what a client may know; who signed in by a pseudonym (网号) is to it as one at level 1."""
    if own.number is None or level < REAL_NAME_LEVEL:
        return Natural(
            user_id=user_id, level=PHONE_LEVEL, name="", number="", kind=NumberKind.CITIZEN, sex=None,
            birthday=None, phone=own.phone or "",
        )  # fmt: skip
    described = numbers.describe(own.number, today=local_date(now))
    return Natural(
        user_id=user_id, level=level, name=own.name, number=own.number, kind=described.kind,
        sex=described.sex, birthday=described.birthday, phone=own.phone or "",
    )  # fmt: skip

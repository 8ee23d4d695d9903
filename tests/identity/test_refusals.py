"""Whoever is refused a sign-in leaves a row that says by which method and why, and names nobody."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from banshi.errors import DomainError, InvalidInput, RateLimited, Unavailable
from identity import accounts, people, sandbox, sessions
from identity.actor import ANONYMOUS
from identity.errors import NotVerified, NumberRefused, SessionNotFound
from identity.methods import network_id, passkey, qr, sms, tries
from identity.roles import Role
from identity.settings import SessionSettings, SignInSettings
from storage.db import fetch
from storage.ids import new_id
from tests.api.conftest import a_department
from tests.identity.authenticator import Authenticator
from tests.identity.factories import NOON, WANG, a_form, code_sent, make_person, make_session
from tests.identity.methods_door import a_caller, door  # noqa: F401
from tests.identity.test_passkey import register

pytestmark = pytest.mark.usefixtures("door", "db")

CLERK = sandbox.BY_KEY["clerk_health"]
MANDATE, TEAM = f"mandate:{new_id()}", f"team:{new_id()}"
Try = Callable[[], Awaitable[object]]


@pytest.fixture(autouse=True)
def settings():
    sessions.configure(SessionSettings(staff_second_factor=True))
    yield
    sessions.configure(SessionSettings())


def by_form(method: str = "face", persona=WANG, **changes: str) -> Try:
    async def enter() -> object:
        form = a_form(persona, **changes)
        return await accounts.sign_in(method, form, address=new_id().hex, device="电话", now=NOON)

    return enter


async def locked() -> object:
    for _ in range(5):
        with suppress(NotVerified):
            await by_form(name="错了")()
    return await by_form()()


async def code(acting_as: str = "", is_right: bool = True) -> object:
    await sms.send(a_form(), address=new_id().hex, now=NOON)
    sent = await code_sent()
    given = sent if is_right else f"{(int(sent) + 1) % 1_000_000:06d}"
    return await by_form("sms", code=given, acting_as=acting_as)()


async def clerk() -> object:
    person = await make_person(CLERK)
    await people.appoint(person.id, await a_department("health", "330106"), Role.CLERK, "330106", now=NOON)
    return await by_form(persona=CLERK, acting_as="clerk")()


async def key(acting_as: str = "", is_known: bool = True) -> object:
    _, actor = await make_session()
    device, _ = await register(actor)
    begun = await passkey.begin_sign_in(address="192.0.2.1", now=NOON)
    answer = (device if is_known else Authenticator()).get(begun.options)
    return await passkey.finish_sign_in(begun.id, answer, caller=a_caller(acting_as=acting_as), now=NOON)


async def scanned(secret: str = "") -> object:
    _, phone = await make_session()
    begun = await qr.begin(caller=a_caller(), now=NOON)
    await qr.look(phone, begun.id, address="192.0.2.1", now=NOON)
    await qr.approve(phone, begun.id, begun.number, now=NOON)
    await sessions.revoke(phone, phone.session_id, now=NOON)
    return await qr.finish(begun.id, secret or begun.secret, caller=a_caller(), now=NOON)


async def pseudonym(credential: str, acting_as: str = "") -> object:
    caller = a_caller(acting_as=acting_as)
    return await network_id.sign_in({"credential": credential}, caller=caller, now=NOON)


async def switched() -> object:
    _, actor = await make_session()
    return await sessions.act_as(actor, "clerk", now=NOON)


REFUSED: dict[str, tuple[Try, str]] = {
    "wrong face": (by_form(face="no"), "method face: NOT_VERIFIED"),
    "unknown method": (by_form("smile"), "method unknown: NOT_VERIFIED"),
    "locked": (locked, "method face: SIGN_IN_LOCKED"),
    "child": (by_form(persona=sandbox.BY_KEY["li_xiaohe"]), "method face: GUARDIAN_NEEDED"),
    "no such post": (by_form(acting_as="clerk"), "method face: POST_NOT_HELD"),
    "no such mandate": (by_form(acting_as=MANDATE), "method face: MANDATE_NOT_HELD"),
    "no such team": (by_form(acting_as=TEAM), "method face: TEAM_NOT_FOUND"),
    "one factor": (clerk, "method face: SECOND_FACTOR_NEEDED"),
    "wrong code": (lambda: code(is_right=False), "method sms: NOT_VERIFIED"),
    "code, no such post": (lambda: code("clerk"), "method sms: POST_NOT_HELD"),
    "unknown passkey": (lambda: key(is_known=False), "method passkey: NOT_VERIFIED"),
    "passkey, no such post": (lambda: key("clerk"), "method passkey: POST_NOT_HELD"),
    "phone signed out": (scanned, "method qr: QR_NOT_FOUND"),
    "wrong secret": (lambda: scanned("0" * 64), "method qr: QR_NOT_FOUND"),
    "bad credential": (lambda: pseudonym("wz-nobody"), "method network_id: NOT_VERIFIED"),
    "pseudonym, no such post": (
        lambda: pseudonym("wz-wang_fang", "clerk"),
        "method network_id: POST_NOT_HELD",
    ),
    "another context": (switched, "method act_as: POST_NOT_HELD"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_every_refusal_leaves_one_row_and_nothing_else(name):
    enter, basis = REFUSED[name]

    with pytest.raises(DomainError) as refused:
        await enter()

    rows = await fetch(
        "SELECT basis, object, party_id, person_id FROM audit_row WHERE act = 'session.refuse'"
    )
    last = [row for row in rows if row["basis"] == basis]
    assert basis.endswith(refused.value.code)
    assert len(last) == 1 and len(rows) == (6 if name == "locked" else 1)
    assert WANG.number not in str(rows) and WANG.name not in str(rows)
    if name != "another context":
        assert str(last[0]["person_id"]) == str(last[0]["party_id"]) == str(ANONYMOUS.person_id)


@pytest.mark.parametrize(
    ("enter", "kind"),
    [
        (by_form(face=""), InvalidInput),
        (by_form(id_number="1" * 18), NumberRefused),
        (by_form(persona=sandbox.BY_KEY["qian_duo"]), Unavailable),
        (lambda: pseudonym(""), InvalidInput),
        (lambda: sessions.act_as(ANONYMOUS, "clerk", now=NOON), SessionNotFound),
    ],
    ids=["no face", "no number", "outage", "no credential", "no session"],
)
async def test_who_was_not_judged_was_not_refused(enter, kind):
    with pytest.raises(kind):
        await enter()

    assert await fetch("SELECT 1 FROM audit_row") == []


async def test_too_many_tries_write_no_rows_for_a_stranger_to_fill_the_disk_with():
    tries.configure(SignInSettings(number_capacity=2, number_per_s=0.001))
    for _ in range(4):
        with suppress(NotVerified, RateLimited):
            await by_form(face="no")()

    assert len(await fetch("SELECT 1 FROM audit_row")) == 2


async def test_what_the_refused_had_begun_is_gone_and_the_row_is_not():
    with pytest.raises(DomainError):
        await by_form(acting_as="clerk")()

    assert await fetch("SELECT 1 FROM person") == [] == await fetch("SELECT 1 FROM session")
    assert len(await fetch("SELECT 1 FROM audit_row")) == 1

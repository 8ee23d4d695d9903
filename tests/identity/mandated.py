"""People with mandates, for tests: the cast, and what they agree on."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from banshi.scopes import Scope
from identity import accounts, mandates, people, registries, sandbox, sessions
from identity.actor import Actor
from identity.departments import Department
from identity.mandates import Mandate, Proposal, Side
from identity.registries import Registries
from identity.roles import Role
from identity.sandbox import FIRM_BY_KEY, SandboxRegistries
from storage.db import fetch
from storage.ids import new_id
from tests.identity.factories import NOON, make_session

BY = sandbox.BY_KEY
CASES = frozenset({Scope.CASES_READ, Scope.CASES_WRITE, Scope.MATERIALS_READ})
MONTH = timedelta(days=30)
CODE = "331234567000"


def know_registers() -> None:
    made = SandboxRegistries(production=False)
    registries.configure(Registries(firms=made, families=made))


async def enter(persona: str, acting_as: str = "citizen", *, now: datetime = NOON) -> Actor:
    return (await make_session(BY[persona], acting_as=acting_as, now=now))[1]


async def enter_with_token(persona: str, acting_as: str, *, now: datetime = NOON) -> tuple[str, Actor]:
    return await make_session(BY[persona], acting_as=acting_as, now=now)


def a_proposal(persona: str = "shen_yun", *, now: datetime = NOON, **changes: Any) -> Proposal:
    who = BY[persona]
    given = {"number": who.number, "name": who.name, "scopes": CASES, "until": now + MONTH}
    return Proposal(**{**given, **changes})


async def agree(
    principal: str = "wang_fang", delegate: str = "shen_yun", *, now: datetime = NOON, **changes: Any
) -> Mandate:
    """A mandate in force: the principal proposes, the delegate accepts."""
    giver, taker = await enter(principal, now=now), await enter(delegate, now=now)
    held = await mandates.propose(giver, Side.PRINCIPAL, a_proposal(delegate, now=now, **changes), now=now)
    return await mandates.accept(taker, held.id, now=now)


async def act_by(held: Mandate, delegate: str = "shen_yun", *, now: datetime = NOON) -> tuple[str, Actor]:
    """A session of the delegate in the mandate's context."""
    return await enter_with_token(delegate, f"mandate:{held.id}", now=now)


async def link(persona: str = "lin_hai", firm: str = "qingshan", *, now: datetime = NOON) -> Mandate:
    return await mandates.represent(await enter(persona, now=now), FIRM_BY_KEY[firm].facts.code, now=now)


async def guard(guardian: str = "li_wei", ward: str = "li_xiaohe", *, now: datetime = NOON) -> Mandate:
    actor = await enter(guardian, now=now)
    return await mandates.guard(actor, number=BY[ward].number, name=BY[ward].name, now=now)


async def an_office(agency: str, region: str) -> UUID:
    """The department of `agency` in `region`, made when there is none."""
    place = (Department.agency == agency) & (Department.region == region)
    office = await Department.objects().where(place).first()
    if office is None:
        office = Department(code=new_id().hex[-18:], agency=agency, name=f"{region} {agency}", region=region)
        await office.save()
    return UUID(str(office.id))


async def village_agent(*, region: str = "330106", now: datetime = NOON) -> Actor:
    """The village agent in his post."""
    person = await people.ensure(sandbox.proof_of(BY["village_agent"], now=now), now=now)
    office = await an_office("civil_affairs", region)
    await people.appoint(person.id, office, Role.VILLAGE_AGENT, region, now=now)
    return await enter("village_agent", Role.VILLAGE_AGENT, now=now)


async def village(villager: str = "zhou_guiying", *, now: datetime = NOON) -> Mandate:
    """A village mandate in force."""
    agent, who = await village_agent(now=now), BY[villager]
    await enter(villager, now=now)
    held = await mandates.propose_village(
        agent, number=who.number, name=who.name, code=CODE, until=now + MONTH, now=now
    )
    return await mandates.accept(await enter(villager, now=now), held.id, now=now)


async def still(token: str, *, now: datetime = NOON) -> Actor | None:
    return await accounts.actor_of(token, now=now)


async def change(actor: Actor, acting_as: str, *, now: datetime = NOON) -> tuple[str, Actor]:
    token, _, changed, _ = await sessions.act_as(actor, acting_as, now=now)
    return token, changed


async def acts() -> list[str]:
    """What stands in the audit, oldest first."""
    return [row["act"] for row in await fetch("SELECT act FROM audit_row ORDER BY id")]


async def told() -> list[tuple[str, str]]:
    """Who was told of which state of a mandate, in order."""
    rows = await fetch(
        "SELECT party_id, payload ->> 'state' AS state FROM outbox"
        " WHERE type = 'mandate.changed' ORDER BY seq"
    )
    return [(str(row["party_id"]), row["state"]) for row in rows]

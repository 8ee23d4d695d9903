"""Who asks in the authorization matrix, each made as in life: by a sign-in, a post, a mandate, a team."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from banshi.scopes import GRANTABLE, Scope
from identity import accounts, mandates, opening, people, teams
from identity.actor import ANONYMOUS, Actor
from identity.entering import Caller
from identity.mandates import Mandate, Proposal, Side
from identity.methods import network_id
from identity.people import Person
from identity.roles import Role
from identity.sandbox import BY_KEY, FIRM_BY_KEY, proof_of
from identity.teams import TeamRole
from tests.api.conftest import a_department
from tests.miniapps.cases.factories import CODE, XIHU

OWN_APP, OTHER_APP = "rent-app", "other-app"
OTHER_CODE = CODE[:-1] + "7"  # an item that the owner has no case of
MONTH = timedelta(days=30)

CITIZENS = {"owner": "wang_fang", "other": "li_wei", "minor": "tang_yu"}
STAFF = {
    "competent": ("clerk_housing_fund", Role.CLERK, "housing_fund"),
    "elsewhere": ("clerk_civil_affairs", Role.CLERK, "civil_affairs"),
    "definer": ("definer", Role.ITEM_DEFINER, "education"),
    "operator": ("operator", Role.OPERATOR, "education"),
    "developer": ("developer", Role.DEVELOPER, "education"),
    "maintainer": ("maintainer", Role.MAINTAINER, "education"),
    "auditor": ("auditor", Role.AUDITOR, "education"),
    "security": ("security", Role.SECURITY, "education"),
    "manager": ("manager", Role.MANAGER, "education"),
    "village agent": ("village_agent", Role.VILLAGE_AGENT, "civil_affairs"),
}
BY_MANDATE = {
    "agent": "shen_yun", "narrow agent": "xu_ning", "former agent": "sun_li",
    "village hand": "village_agent",
    "guardian": "chen_jing", "representative": "lin_hai", "firm agent": "zheng_qiang",
}  # fmt: skip
TESTER, UNKNOWN = "wu_gang", "ouyang_jiaxin"
WARD, FIRM = "li_xiaohe", "qingshan"
PERSONAS = {
    **CITIZENS, **{name: post[0] for name, post in STAFF.items()}, **BY_MANDATE, "minimal": "wang_fang",
    "app": "wang_fang", "other app": "wang_fang", "team owner": "wang_fang", "tester": TESTER,
    "pseudonym": UNKNOWN,
}  # fmt: skip
"""Who each of them is in the sandbox; a visitor is nobody."""

TOKENS: dict[UUID, str] = {}
"""By which token each session was opened here: over HTTP they come with them."""


async def everybody(now: datetime) -> dict[str, Actor]:
    """Return all who ask, by the names of the table's columns."""
    actors = {"visitor": ANONYMOUS, "pseudonym": await _pseudonym(now)}
    actors |= {name: await enter(persona, now) for name, persona in CITIZENS.items()}
    actors |= {name: await _staff(*post, now=now) for name, post in STAFF.items()}
    owner = actors["owner"]
    actors |= {
        "minimal": replace(owner, app_id=OWN_APP, scopes=frozenset({Scope.CASES_READ})),
        "app": replace(owner, app_id=OWN_APP, scopes=GRANTABLE),
        "other app": replace(owner, app_id=OTHER_APP, scopes=GRANTABLE),
    }
    actors |= await _agents(owner, now)
    actors |= await _by_register(now)
    actors["village hand"] = await _village_hand(owner, actors["village agent"], now)
    return actors | await _team(owner, now)


async def enter(persona: str, now: datetime, acting_as: str = "citizen") -> Actor:
    """Sign a persona in, in one acting context."""
    proof = proof_of(BY_KEY[persona], now=now)
    person: Person = await people.ensure(proof, now=now)
    token, *_ = await opening.open(proof, person, acting_as=acting_as, device="测试", now=now)
    return await _bearer(token, now)


async def _bearer(token: str, now: datetime) -> Actor:
    actor = await accounts.actor_of(token, now=now)
    assert actor is not None
    assert actor.session_id is not None
    TOKENS[actor.session_id] = token
    return actor


async def _act_by(held: Mandate, persona: str, now: datetime) -> Actor:
    return await enter(persona, now, f"mandate:{held.id}")


async def _pseudonym(now: datetime) -> Actor:
    """Somebody whose 网证 is linked to no account: neither name nor number of him is known."""
    caller = Caller(address="127.0.0.1", device="测试")
    opened = await network_id.sign_in({"credential": f"wz-{UNKNOWN}"}, caller=caller, now=now)
    return await _bearer(opened.token, now)


async def _staff(persona: str, role: Role, agency: str, *, now: datetime) -> Actor:
    person = await people.ensure(proof_of(BY_KEY[persona], now=now), now=now)
    await people.appoint(person.id, await a_department(agency, XIHU), role, XIHU, now=now)
    return await enter(persona, now, role)


def _offer(persona: str, now: datetime, codes: list[str] | None = None) -> Proposal:
    """All that can be given to a persona, for all items or for some."""
    who, given = BY_KEY[persona], mandates.NARROWABLE if codes else mandates.DELEGABLE
    return Proposal(number=who.number, name=who.name, scopes=given, codes=codes, until=now + MONTH)


async def _agents(owner: Actor, now: datetime) -> dict[str, Actor]:
    """An agent who may do all that can be given, one for another item only, and one whose time is over."""
    made = {}
    for name, codes in (("agent", None), ("narrow agent", [OTHER_CODE]), ("former agent", None)):
        persona, then = BY_MANDATE[name], now - 2 * MONTH if name == "former agent" else now
        delegate = await enter(persona, now)
        held = await mandates.propose(owner, Side.PRINCIPAL, _offer(persona, then, codes), now=then)
        held = await mandates.accept(delegate, held.id, now=then)
        is_over = name == "former agent"  # what is left of him is a citizen like any other
        made[name] = await enter(persona, now) if is_over else await _act_by(held, persona, now)
    await mandates.sweep(now=now)
    return made


async def _by_register(now: datetime) -> dict[str, Actor]:
    """A guardian for her ward, a firm's representative, and the agent that he appointed."""
    persona, ward = BY_MANDATE["guardian"], BY_KEY[WARD]
    guarded = await mandates.guard(await enter(persona, now), number=ward.number, name=ward.name, now=now)
    made = {"guardian": await _act_by(guarded, persona, now)}
    persona = BY_MANDATE["representative"]
    linked = await mandates.represent(await enter(persona, now), FIRM_BY_KEY[FIRM].facts.code, now=now)
    made["representative"] = await _act_by(linked, persona, now)
    persona = BY_MANDATE["firm agent"]
    delegate = await enter(persona, now)
    held = await mandates.appoint(made["representative"], _offer(persona, now), now=now)
    held = await mandates.accept(delegate, held.id, now=now)
    return made | {"firm agent": await _act_by(held, persona, now)}


async def _village_hand(owner: Actor, agent: Actor, now: datetime) -> Actor:
    """The village agent while he acts for the owner, who nods to each act."""
    who = BY_KEY[PERSONAS["owner"]]
    held = await mandates.propose_village(
        agent, number=who.number, name=who.name, code=CODE, until=now + MONTH, now=now
    )
    held = await mandates.accept(owner, held.id, now=now)
    return await _act_by(held, BY_MANDATE["village hand"], now)


async def _team(owner: Actor, now: datetime) -> dict[str, Actor]:
    """The owner in his team, and a tester of it; the other is invited and has not answered."""
    team = await teams.create(owner, "星河小组", now=now)
    for persona in (TESTER, PERSONAS["other"]):
        who, invited = BY_KEY[persona], await enter(persona, now)
        member = await teams.invite(
            owner, team.id, number=who.number, name=who.name, role=TeamRole.TESTER, now=now
        )
        if persona == TESTER:
            await teams.answer(invited, member.id, accept=True, now=now)
    return {
        "team owner": await enter(PERSONAS["owner"], now, f"team:{team.id}"),
        "tester": await enter(TESTER, now, f"team:{team.id}"),
    }

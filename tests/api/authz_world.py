"""The world of the authorization matrix: one citizen with something of everything, and all who might look.

The rows of `authz_queries` and `authz_mutations` name things of this world as `$name`.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from banshi.scopes import Scope
from identity import consents, mandates, people, registries, teams, verifier
from identity.actor import Actor
from identity.mandates import Nod, Proposal, Side
from identity.methods.credentials import Passkey
from identity.registries import Registries
from identity.sandbox import BY_KEY, FIRM_BY_KEY, SandboxNetworkId, SandboxRegistries, SandboxVerifier
from miniapps.catalog import service as catalog
from miniapps.catalog.rules import Environment
from miniapps.catalog.service import credentials
from miniapps.gateway import service as gateway
from miniapps.insight import service as insight
from miniapps.insight.rules.lines import Line
from miniapps.insight.service.noting import Buffer, counting_into, note_call
from miniapps.items.tables import Item, ItemVersion
from miniapps.notices import service as notices
from miniapps.notices.tables import AppMute, Notice
from miniapps.release import service as release
from miniapps.release.rules.switches import SwitchKind
from miniapps.stores import service as stores
from miniapps.webhooks import service as webhooks
from miniapps.webhooks.rules import Right, Try
from miniapps.webhooks.service._recording import record
from miniapps.webhooks.tables import DataQuestion
from storage import objects
from storage.ids import new_id
from tests.api.authz_actors import OTHER_APP, OWN_APP, PERSONAS, WARD, everybody
from tests.api.authz_cases import a_wallet, opened, some_cases
from tests.api.authz_developer import NEW_APP
from tests.api.authz_reviews import some_reviews
from tests.api.authz_rights import exported, objected
from tests.api.authz_voices import a_shelf, some_voices
from tests.api.conftest import NOON, some_settings
from tests.miniapps.cases.factories import CODE, PHOTO, a_town, an_item, hold
from tests.miniapps.catalog.factories import (
    WRITES,
    a_manifest,
    handed_in,
    make_approved,
    make_released,
    the_department,
)
from tests.miniapps.insight.factories import happened

KILLED = "foreign-app@1.0.0"
FOREIGN_APP, TEAM_APP = "foreign-app", "team-app"
SPARE = CODE[:-1] + "8"  # an item to define anew


@dataclass
class World:
    """Actors by name, things by name, and the ids that nobody but their owner may meet."""

    actors: dict[str, Actor]
    things: dict[str, str]
    personal: frozenset[str]  # every id of what is the owner's
    of_cases: frozenset[str]


async def a_world(*, now: datetime = NOON) -> World:
    """Build it; everything in it is done by the verbs that do it in life."""
    objects.configure(some_settings().objects)  # signs forms; nothing is asked of a server
    known = SandboxRegistries(production=False)
    registries.configure(Registries(firms=known, families=known))
    verifier.configure(SandboxVerifier(production=False), network_id=SandboxNetworkId())
    item = an_item()
    await a_town(an_item(materials=(*item.materials, PHOTO)))
    actors = await everybody(now)
    owner = actors["owner"]
    catalogue, kept = await _catalogue(actors, now), await _kept(actors, now)
    things = await a_wallet(actors, now) | await _notices(owner, now)
    of_cases = await some_cases(actors, now)
    private = things | of_cases | {"session": str(owner.session_id), "person": str(owner.person_id)}
    private["passkey"] = await _passkey(owner, now)
    private |= await objected(owner, now) | await exported(owner, now)
    private |= await _relations(actors, now)
    catalogue |= await a_shelf(actors["operator"], now)
    private |= kept | await some_voices(actors, now)
    return World(
        actors=actors,
        things=private | await _of_others(actors, now) | catalogue | _cast(),
        personal=frozenset(private.values()),
        of_cases=frozenset(of_cases.values()),
    )


async def _relations(actors: dict[str, Actor], now: datetime) -> dict[str, str]:
    """A mandate that the owner gave, what a village agent asks him, and a team of his."""
    owner, given = actors["owner"], actors["agent"].delegation_id
    assert given is not None
    question = Nod(
        party_id=owner.person_id, mandate_id=given, act="case.submit", object="case/1", fingerprint="f",
        asked_at=now,
    )  # fmt: skip
    await question.save()
    [membership] = await teams.of_person(owner)
    return {
        "mandate": str(given), "nod": str(question.id), "team": str(membership.team),
        "membership": str(membership.id),
    }  # fmt: skip


async def _of_others(actors: dict[str, Actor], now: datetime) -> dict[str, str]:
    """What others have: a ward's case, wallets, notices, posts, memberships, and what the other proposed."""
    owner, who = actors["owner"], BY_KEY[PERSONAS["owner"]]
    asked = Proposal(
        number=who.number, name=who.name, scopes=[Scope.CASES_READ], until=now + timedelta(days=9)
    )
    proposal = await mandates.propose(actors["other"], Side.DELEGATE, asked, now=now)
    for name in ("guardian", "representative", "pseudonym", "tester"):
        party = actors[name].acting_for
        await notices.tell(party, kind="case.tested", title="题", body="文", key=name, app_id=None, now=now)
    await hold(actors["guardian"])
    await hold(actors["representative"])
    members = {each.party_id: str(each.id) for each in await teams.members(owner, _team_of(actors))}
    return {
        "proposal": str(proposal.id),
        "draft of the ward": str((await opened(actors["guardian"], now)).id),
        "invitation": members[actors["other"].person_id],
        "membership of the tester": members[actors["tester"].person_id],
        "post of the clerk": await _post(actors["competent"]), "post": await _post(actors["auditor"]),
        "post of security": await _post(actors["security"]),
    }  # fmt: skip


def _team_of(actors: dict[str, Actor]) -> UUID:
    return actors["team owner"].acting_for


def _cast() -> dict[str, str]:
    """Numbers and names that are typed in."""
    other, ward, guest = BY_KEY[PERSONAS["other"]], BY_KEY[WARD], BY_KEY[PERSONAS["agent"]]
    return {
        "number of the other": other.number, "name of the other": other.name,
        "number of the ward": ward.number, "name of the ward": ward.name,
        "number of the guest": guest.number, "name of the guest": guest.name,
        "number of security": BY_KEY["security"].number,
        "firm of the former agent": FIRM_BY_KEY["sun_diner"].facts.code,
    }  # fmt: skip


async def _post(actor: Actor) -> str:
    [post] = await people.posts_of(actor.person_id)
    return str(post.id)


async def _passkey(owner: Actor, now: datetime) -> str:
    row = Passkey(
        party_id=owner.person_id, credential_id=b"c" * 32, public_key=b"k", sign_count=0, level=3,
        name="手机", is_synced=False, created_at=now,
    )  # fmt: skip
    await row.save()
    return str(row.id)


async def _notices(owner: Actor, now: datetime) -> dict[str, str]:
    for key, app_id in (("plain", None), ("in app", OWN_APP)):
        await notices.tell(
            owner.acting_for, kind="case.tested", title="题", body="文", key=key, app_id=app_id, now=now
        )
    await consents.grant(owner, OTHER_APP, [Scope.NOTICES_SEND], now=now)
    await AppMute(party_id=owner.acting_for, app_id=OWN_APP, muted_at=now).save()
    rows = {row.key: str(row.id) for row in await Notice.objects().where(Notice.party_id == owner.acting_for)}
    return {"notice": rows["plain"], "app notice": rows["in app"]}


async def _catalogue(actors: dict[str, Actor], now: datetime) -> dict[str, str]:
    developer, operator = actors["developer"], actors["operator"]
    await the_department()
    for app_id, more in ((OWN_APP, ""), (OTHER_APP, WRITES)):
        await make_released(developer, operator, now, id=app_id, more=f'{more}items: ["{CODE}"]\n')
    await _release(developer, operator, now)
    waiting = await handed_in(developer, now, id=NEW_APP)
    await catalog.submit(
        replace(developer, person_id=new_id(), acting_for=new_id()), a_manifest(id=FOREIGN_APP), now=now
    )
    await catalog.submit(actors["team owner"], a_manifest(id=TEAM_APP), now=now)
    await release.switch_off(operator, SwitchKind.VERSION, KILLED, reason="核查", notice="暂停使用", now=now)
    spare = await _draft_item(now)
    await credentials.issue(developer, OWN_APP, Environment.SANDBOX, now=now)
    await webhooks.register(developer, OWN_APP, Environment.SANDBOX, "http://127.0.0.1:9/events", now=now)
    told = await webhooks.try_out(developer, OWN_APP, Environment.SANDBOX, "case.decided", now=now)
    tried = Try(at=now, ms=5, status=500)
    await record(f"{OWN_APP}--sandbox", told.id, told.row.line, tried)
    question = DataQuestion(app_id=OWN_APP, sub="0" * 32, wants=Right.COPY, asked_at=now, due_at=now)
    await question.save()
    await gateway.set_upstream(
        developer, OWN_APP, Environment.SANDBOX, "http://127.0.0.1:8", is_signed=False, now=now
    )
    key = await catalog.add_key(developer, "cd" * 32, "发布密钥", now=now)
    return {
        "key": str(key.id), "delivery": str(told.row.id), "question": str(question.id),
        "app version": str(waiting.id), "item version": str(spare.id),
        "department": str(actors["elsewhere"].acting_for),
        **await some_reviews(actors, waiting.id, now),
    }  # fmt: skip


async def _kept(actors: dict[str, Actor], now: datetime) -> dict[str, str]:
    """What the owner lets his mini-app do, and what it keeps of him."""
    allowed = [Scope.CASES_READ, Scope.CASES_WRITE, Scope.STORAGE_KEEP]
    await consents.grant(actors["owner"], OWN_APP, allowed, now=now)
    return {"stored": await stores.put(actors["app"], "draft", '{"rent": 1}', command="world", now=now)}


async def _release(developer: Actor, operator: Actor, now: datetime) -> None:
    """A further version of the owner's mini-app, approved; and what was counted and noticed of the first."""
    await make_approved(developer, operator, now, id=OWN_APP, version="1.1.0")
    buffer = Buffer()
    with counting_into(buffer):
        happened("1.0.0", app_id=OWN_APP, ms=20, call=100, call_error=50)
        note_call(OWN_APP, Line(now, "1.0.0", "hello", "OK", 20, new_id().hex))
    await insight.flush(buffer, now=now)
    await insight.leave_lines(buffer)


async def _draft_item(now: datetime) -> ItemVersion:
    """An item text that waits for somebody to publish it."""
    spare = an_item(code=SPARE)
    row = Item(code=spare.code, name=spare.name, agency=spare.agency)
    await row.save()
    version = ItemVersion(
        item=row.id, number=1, state="draft", text="-", digest=new_id().hex,
        compiled=msgspec.json.encode(spare).decode(), defined_by=new_id(), defined_at=now,
    )  # fmt: skip
    await version.save()
    return version

"""The page where one chooses as whom to go on: oneself, a post, or for somebody else (办理身份)."""

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.browser import keep, visitor_of
from api.http.errors import AnyRequest
from api.pages import words
from api.pages.drawing import drawn
from api.pages.local import go, local, with_query
from api.pages.signed_in import holder, sender
from api.pages.targets import request_in, targets_of
from banshi.scopes import Scope
from identity import departments, mandates, people, sessions, teams, verdicts
from identity.actor import Actor
from identity.contexts import MANDATE, TEAM
from identity.roles import FOR_FIRMS, Role
from identity.teams import MemberState

CONTEXT: Final = "/sign-in/context"


class Choice(NamedTuple):
    """One acting context that a person may choose."""

    value: str  # as `identity.contexts` spells it
    title: str
    detail: str
    current: bool


async def has_others(person_id: UUID, *, for_application: bool, now: datetime) -> bool:
    """Say whether somebody may act otherwise than for himself; at an application only for a firm."""
    held = await mandates.held_by(person_id, now=now)
    if for_application:
        return any(each.kind in FOR_FIRMS for each in held)
    return bool(held) or bool(await people.posts_of(person_id))


async def choices(actor: Actor, *, for_application: bool = False, now: datetime) -> list[Choice]:
    """Return as whom the actor's person may act; himself first."""
    myself = Choice(Role.CITIZEN, "我本人", "办理自己的事", actor.acting_for == actor.person_id)
    held = await mandates.held_by(actor.person_id, now=now)
    called = await mandates.parties(actor, [each.party_id for each in held])
    found = [
        Choice(
            f"{MANDATE}{each.id}", f"代 {called.get(each.party_id, '')} 办理", words.MANDATES[each.kind],
            actor.delegation_id == each.id,
        )
        for each in held
        if not for_application or each.kind in FOR_FIRMS
    ]  # fmt: skip
    at_work = [] if for_application else [*await _at_work(actor), *await _in_teams(actor)]
    return [myself, *found, *at_work]


async def _at_work(actor: Actor) -> list[Choice]:
    posts = await people.posts_of(actor.person_id)
    offices = {each.id: each.name for each in await departments.by_ids([post.department for post in posts])}
    return [
        Choice(
            str(post.id), words.ROLES[post.role], offices.get(post.department, ""),
            actor.is_a(Role(post.role)) and actor.acting_for == post.department,
        )
        for post in posts
    ]  # fmt: skip


async def _in_teams(actor: Actor) -> list[Choice]:
    joined = [each.team for each in await teams.of_person(actor) if each.state == MemberState.ACTIVE]
    return [
        Choice(f"{TEAM}{team.id}", team.name, "开发者团队", actor.acting_for == team.id)
        for team in await teams.by_ids(joined)
    ]


@get(CONTEXT)
async def show(request: AnyRequest) -> Response[bytes]:
    """Show as whom one may go on."""
    asker = await holder(request)
    next_ = local(request.query_params.get("next"))
    there = await choices(asker.actor, for_application=bool(request_in(next_)), now=asker.now)
    return drawn(
        request, "context", asker=asker, now=asker.now, choices=there, next=next_,
        address=with_query(CONTEXT, next=next_),
        targets=await targets_of(next_, visitor=visitor_of(request), now=asker.now),
    )  # fmt: skip


@post(CONTEXT, status_code=200)
async def choose(request: AnyRequest) -> Response[bytes]:
    """Go on as chosen, with a new session of that context alone."""
    form, asker = await sender(request, Scope.SESSIONS_WRITE)
    actor, chosen, response = asker.actor, form.get("context"), go(local(form.get("next")))
    there = await choices(actor, now=asker.now)
    if not any(choice.current and choice.value == chosen for choice in there):
        token, _, fresh, _ = await sessions.act_as(actor, chosen, now=asker.now)
        verdicts.forget(fresh)
        keep(request, response, token)
    return response


ROUTES: list[ControllerRouterHandler] = [show, choose]

"""The page where one chooses as whom to go on: oneself, or a post one holds (办理身份)."""

from collections.abc import Sequence
from typing import NamedTuple

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.browser import keep, visitor_of
from api.http.errors import AnyRequest
from api.pages import words
from api.pages.drawing import drawn
from api.pages.entering import CONTEXT
from api.pages.local import go, local, with_query
from api.pages.signed_in import holder, sender
from api.pages.targets import targets_of
from banshi.scopes import Scope
from identity import departments, people, sessions, verdicts
from identity.actor import Actor
from identity.roles import Role


class Choice(NamedTuple):
    """One acting context that a person may choose."""

    value: str  # "citizen", or the id of a post
    title: str
    detail: str
    current: bool


async def choices(actor: Actor) -> Sequence[Choice]:
    """Return as whom the actor's person may act; himself first."""
    posts = await people.posts_of(actor.person_id)
    offices = {
        office.id: office.name for office in await departments.by_ids([post.department for post in posts])
    }
    myself = Choice(Role.CITIZEN, "我本人", "办理自己的事", actor.is_a(Role.CITIZEN))
    return [
        myself,
        *(
            Choice(
                str(post.id), words.ROLES[post.role], offices.get(post.department, ""),
                current=actor.is_a(Role(post.role)) and actor.acting_for == post.department,
            )
            for post in posts
        ),
    ]  # fmt: skip


@get(CONTEXT)
async def show(request: AnyRequest) -> Response[bytes]:
    """Show as whom one may go on."""
    asker = await holder(request)
    next_ = local(request.query_params.get("next"))
    there = await choices(asker.actor)
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
    if not any(choice.current and choice.value == chosen for choice in await choices(actor)):
        token, _, fresh = await sessions.act_as(actor, chosen, now=asker.now)
        verdicts.forget(fresh)
        keep(request, response, token)
    return response


ROUTES: list[ControllerRouterHandler] = [show, choose]

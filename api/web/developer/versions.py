"""One version of a mini-app: what the machine and people found, what to tell them, and taking it back."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.http.shots import HEADERS
from api.pages.forms import Form
from api.pages.local import go, with_query
from api.web.developer.place import APPS, about_app, builder, built
from api.web.findings import grouped, words_for
from api.web.mistakes import mistake
from api.web.words import REVIEW_STATES, VERSION_STATES
from banshi.errors import DomainError
from banshi.scopes import Scope
from miniapps.catalog import queries, service
from miniapps.catalog.errors import AppNotFound
from miniapps.catalog.rules import IN_REVIEW, VersionState
from miniapps.catalog.tables import MiniApp, MiniAppVersion
from miniapps.review import queries as review_queries
from miniapps.review import service as review
from miniapps.review.errors import AppealRefused
from miniapps.review.rules import MOST_ROUNDS, Reason
from miniapps.review.tables import AppReview

ONE: Final = f"{APPS}/{{app_id:str}}/versions/{{version_id:uuid}}"


@get(ONE)
async def one(request: AnyRequest, app_id: str, version_id: UUID) -> Response[bytes]:
    """Show a version."""
    asker = await builder(request, Scope.APPS_READ)
    return await _one(request, asker, *await _own(asker, app_id, version_id))


@post(f"{ONE}/withdraw", status_code=200)
async def withdraw(request: AnyRequest, app_id: str, version_id: UUID) -> Response[bytes]:
    """Take a version back that is in review; sent twice, it is done once."""
    _, asker = await built(request)
    _, row = await _own(asker, app_id, version_id)
    if row.state != VersionState.WITHDRAWN:
        await service.withdraw(asker.actor, row.id, now=asker.now)
    return go(with_query(_address(app_id, row), done="withdrawn"))


@post(f"{ONE}/note", status_code=200)
async def note(request: AnyRequest, app_id: str, version_id: UUID) -> Response[bytes]:
    """Tell reviewers what they should know; sent again, it is replaced."""
    form, asker = await built(request)
    app, row = await _own(asker, app_id, version_id)
    try:
        await review.note(asker.actor, row.id, form.get("note"), now=asker.now)
    except DomainError as refusal:
        return await _one(request, asker, app, row, refusal=refusal, kept=form)
    return go(with_query(_address(app_id, row), done="noted"))


@post(f"{ONE}/appeal", status_code=200)
async def appeal(request: AnyRequest, app_id: str, version_id: UUID) -> Response[bytes]:
    """Have a refused version looked at again; sent twice, it is done once."""
    form, asker = await built(request)
    app, row = await _own(asker, app_id, version_id)
    try:
        await review.appeal(asker.actor, row.id, form.get("why"), now=asker.now)
    except AppealRefused as refusal:
        rounds = (await review_queries.reviews_of(asker.actor, [row.id]))[row.id]
        if not any(each.appeal == form.get("why") for each in rounds):
            return await _one(request, asker, app, row, refusal=refusal, kept=form)
    except DomainError as refusal:
        return await _one(request, asker, app, row, refusal=refusal, kept=form)
    return go(with_query(_address(app_id, row), done="appealed"))


@get(f"{ONE}/shots/{{name:str}}")
async def shot(request: AnyRequest, app_id: str, version_id: UUID, name: str) -> Response[bytes]:
    """Hand out a picture that the machine took of a page."""
    asker = await builder(request, Scope.APPS_READ)
    _, row = await _own(asker, app_id, version_id)
    picture = await review.shot(asker.actor, row.id, name)
    return Response(picture, media_type="image/png", headers=HEADERS)


async def _own(asker: Asker, app_id: str, version_id: UUID) -> tuple[MiniApp, MiniAppVersion]:
    """Return a mini-app of the team and a version of just that.  Raises: AppNotFound."""
    app = await queries.own_app(asker.actor, app_id)
    row = await queries.version(asker.actor, version_id)
    if row.app != app.id:
        raise AppNotFound(app=version_id)
    return app, row


def _address(app_id: str, row: MiniAppVersion) -> str:
    return f"{APPS}/{app_id}/versions/{row.id}"


async def _one(
    request: AnyRequest, asker: Asker, app: MiniApp, row: MiniAppVersion, *,
    refusal: DomainError | None = None, kept: Form | None = None,
) -> Response[bytes]:  # fmt: skip
    actor, may_write = asker.actor, asker.actor.may(Scope.APPS_WRITE)
    look = (await review_queries.looks_of(actor, [row.id])).get(row.id)
    rounds = (await review_queries.reviews_of(actor, [row.id]))[row.id]
    noted = (await review_queries.notes_of(actor, [row.id])).get(row.id)
    is_refused, was_appealed = row.state == VersionState.REFUSED, any(each.appeal for each in rounds)
    return await about_app(
        request, "developer_version", asker, app, row=row, called=VERSION_STATES[row.state],
        address=_address(app.app_id, row), at=_address(app.app_id, row), look=look, noted=noted,
        groups=grouped(review_queries.findings(look)) if look else [],
        shots=review_queries.shots(look) if look else [],
        rounds=[(each, REVIEW_STATES[each.state], _reasons(each)) for each in rounds],
        in_review=row.state in IN_REVIEW, may_write=may_write,
        may_appeal=may_write and is_refused and row.removed_at is None
        and not was_appealed and len(rounds) < MOST_ROUNDS,
        **mistake(request, asker, refusal, kept),
    )  # fmt: skip


def _reasons(row: AppReview) -> list[tuple[Reason, str]]:
    return [(reason, words_for(reason.rule).title) for reason in review_queries.reasons(row)]


ROUTES: list[ControllerRouterHandler] = [one, withdraw, note, appeal, shot]

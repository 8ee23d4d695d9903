"""The keys that the team signs its packages with: added, retired, revoked."""

from uuid import UUID

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.pages.local import go, with_query
from api.pages.ways import row_id
from api.web.developer.place import KEYS, builder, built, in_team
from api.web.mistakes import mistake
from api.web.words import Called
from banshi.errors import DomainError
from banshi.scopes import Scope
from miniapps.catalog import queries, service
from miniapps.catalog.errors import KeyNotFound
from miniapps.catalog.tables import TeamKey


@get(KEYS)
async def list_(request: AnyRequest) -> Response[bytes]:
    """Show the keys of the team, and the form for another one."""
    return await _list(request, await builder(request))


@post(KEYS, status_code=200)
async def add(request: AnyRequest) -> Response[bytes]:
    """Let the team sign with a key."""
    form, asker = await built(request)
    try:
        await service.add_key(asker.actor, form.get("publicKey"), form.get("name"), now=asker.now)
    except DomainError as refusal:
        return await _list(request, asker, refusal=refusal, kept=form)
    return go(with_query(KEYS, done="key-added"))


@post(f"{KEYS}/retire", status_code=200)
async def retire(request: AnyRequest) -> Response[bytes]:
    """Let a key sign nothing new."""
    form, asker = await built(request)
    await service.retire_key(asker.actor, row_id(form.get("id")), now=asker.now)
    return go(with_query(KEYS, done="key-retired"))


@get(f"{KEYS}/{{key_id:uuid}}/revoke")
async def asked(request: AnyRequest, key_id: UUID) -> Response[bytes]:
    """Ask why a key is to be revoked, and tell what comes of it."""
    asker = await builder(request)
    return await _asked(request, asker, await _own(asker, key_id))


@post(f"{KEYS}/{{key_id:uuid}}/revoke", status_code=200)
async def revoke(request: AnyRequest, key_id: UUID) -> Response[bytes]:
    """Let nothing be served any more that a key signed."""
    form, asker = await built(request)
    key = await _own(asker, key_id)
    try:
        await service.revoke_key(asker.actor, key.id, form.get("reason"), now=asker.now)
    except DomainError as refusal:
        return await _asked(request, asker, key, refusal=refusal, kept=form)
    return go(with_query(KEYS, done="key-revoked"))


def called(key: TeamKey) -> Called:
    """Return what the state of a key is called."""
    if key.revoked_at is not None:
        return Called("已吊销", "bad")
    return Called("已停用", "off") if key.retired_at is not None else Called("有效")


async def _own(asker: Asker, key_id: UUID) -> TeamKey:
    found = next((key for key in await queries.keys(asker.actor) if key.id == key_id), None)
    if found is None:
        raise KeyNotFound(key=key_id)
    return found


async def _list(
    request: AnyRequest, asker: Asker, *, refusal: DomainError | None = None, kept: Form | None = None
) -> Response[bytes]:
    rows = [(key, called(key)) for key in await queries.keys(asker.actor)]
    may_write = asker.actor.may(Scope.APPS_WRITE)
    return await in_team(
        request, "developer_keys", asker, rows=rows, may_write=may_write, address=KEYS,
        **mistake(request, asker, refusal, kept),
    )  # fmt: skip


async def _asked(
    request: AnyRequest, asker: Asker, key: TeamKey, *,
    refusal: DomainError | None = None, kept: Form | None = None,
) -> Response[bytes]:  # fmt: skip
    return await in_team(
        request, "developer_key_revoke", asker, key=key, address=f"{KEYS}/{key.id}/revoke",
        **mistake(request, asker, refusal, kept),
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [list_, add, retire, asked, revoke]

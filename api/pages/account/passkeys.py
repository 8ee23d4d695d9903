"""One's passkeys (通行密钥): seen, added, renamed, removed."""

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.errors import AnyRequest
from api.pages.local import go, with_query
from api.pages.signed_in import holder, sender, shown
from api.pages.ways import row_id
from banshi.scopes import Scope
from identity.methods import passkey
from identity.methods.credentials import MOST

PATH = "/account/passkeys"
ADD = f"{PATH}/add"


@get(PATH)
async def list_(request: AnyRequest) -> Response[bytes]:
    """Show the passkeys."""
    asker = await holder(request, Scope.SESSIONS_READ)
    rows = await passkey.list_(asker.actor)
    return await shown(request, "passkeys", asker, rows=rows, has_room=len(rows) < MOST)


@get(ADD)
async def begin(request: AnyRequest) -> Response[bytes]:
    """Begin to add one: the identity is verified first, unless it was just now."""
    asker = await holder(request, Scope.SESSIONS_WRITE)
    begun = await passkey.begin_registration(asker.actor, now=asker.now)
    return await shown(request, "passkey_add", asker, begun=begun, scripts=True)


@post(ADD, status_code=200)
async def add(request: AnyRequest) -> Response[bytes]:
    """Add what the authenticator made."""
    form, asker = await sender(request, Scope.SESSIONS_WRITE)
    challenge, credential = row_id(form.get("challenge")), form.get("credential")
    await passkey.finish_registration(
        asker.actor, challenge, credential, name=form.get("name"), now=asker.now
    )
    return go(with_query(PATH, done="passkey-added"))


@post(f"{PATH}/rename", status_code=200)
async def rename(request: AnyRequest) -> Response[bytes]:
    """Call one otherwise."""
    form, asker = await sender(request, Scope.SESSIONS_WRITE)
    await passkey.rename(asker.actor, row_id(form.get("id")), form.get("name"), now=asker.now)
    return go(with_query(PATH, done="renamed"))


@post(f"{PATH}/remove", status_code=200)
async def remove(request: AnyRequest) -> Response[bytes]:
    """Remove one."""
    form, asker = await sender(request, Scope.SESSIONS_WRITE)
    await passkey.remove(asker.actor, row_id(form.get("id")), now=asker.now)
    return go(with_query(PATH, done="passkey-removed"))


ROUTES: list[ControllerRouterHandler] = [list_, begin, add, rename, remove]

"""Pages of one who is signed in: who he is, and where to send somebody who is not."""

from typing import Final

from litestar import Response

from api.http import quota
from api.http.asking import Asker
from api.http.browser import asker_of
from api.http.errors import AnyRequest
from api.pages.asked import PATH
from api.pages.local import HOME, go, local, with_query
from banshi.errors import ScopeMissing
from banshi.scopes import Scope

OWN: Final = Scope.PROFILE_READ  # everybody who signed in himself has it


async def whoever(request: AnyRequest, scope: Scope = OWN) -> Asker | Response[bytes]:
    """Return who is signed in, or the answer that sends the browser to sign in and back again.

    After a form it comes back to the page that the form was on.
    Raises: ScopeMissing when in his acting context he may not; RateLimited.
    """
    asker = await asker_of(request)
    if asker is None:
        return go(with_query(PATH, next=_back(request)))
    await quota.count(asker.actor, request.scope["state"]["address"])
    if not asker.actor.may(scope):
        raise ScopeMissing(scope=scope)
    return asker


def _back(request: AnyRequest) -> str:
    if request.method != "GET":
        return HOME
    query = request.scope["query_string"].decode("latin-1")
    return local(f"{request.url.path}?{query}" if query else request.url.path)

"""Signing out at a client's wish; the citizen is asked, unless the client shows which sign-in it means."""

from urllib.parse import urlencode, urlsplit

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http import browser
from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.http.oidc.wire import Pairs, count, of_form, of_query
from api.pages.drawing import drawn
from identity import sessions, verdicts
from identity.oidc import logout
from identity.oidc.call import parameters
from identity.oidc.logout import Goodbye
from storage import clock

PATH = "/oauth/logout"
SAID = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state")


@get(PATH)
async def leave(request: AnyRequest) -> Response[bytes]:
    """Sign out, or ask."""
    await count(request, "logout")
    return await _left(request, of_query(request))


@post(PATH, status_code=200)
async def leave_posted(request: AnyRequest) -> Response[bytes]:
    """Do the same for a form: of a client, or of the page that asked."""
    await count(request, "logout")
    pairs = await of_form(request)
    parameters(pairs)  # what cannot be understood is not taken along
    is_answer = any(name == browser.FIELD for name, _ in pairs)
    if browser.token_of(request) is None and not is_answer:
        # another site's form brings no cookies along; coming again by GET it does
        said = [(name, value) for name, value in pairs if name in SAID]
        return Response(b"", status_code=303, headers={"location": f"{PATH}?{urlencode(said)}"})
    return await _left(request, pairs)


async def _left(request: AnyRequest, pairs: Pairs) -> Response[bytes]:
    found, _ = parameters(pairs)
    goodbye = await logout.understand(found)
    asker = await browser.asker_of(request)
    if asker is not None and not _is_meant(request, found, goodbye, asker):
        return await _page(request, goodbye, asker, {name: found[name] for name in SAID if name in found})
    if asker is not None and asker.actor.session_id is not None:
        await sessions.revoke(asker.actor, asker.actor.session_id, now=asker.now)
        verdicts.forget(asker.actor)
    response = await _after(request, goodbye)
    browser.drop(request, response)
    return response


def _is_meant(request: AnyRequest, found: dict[str, str], goodbye: Goodbye, asker: Asker) -> bool:
    if request.method == "POST" and browser.FIELD in found:
        browser.check_form(request, found)
        return True
    return goodbye.means(asker.actor)


async def _page(request: AnyRequest, goodbye: Goodbye, asker: Asker, said: dict[str, str]) -> Response[bytes]:
    """Ask whether to sign out everywhere."""
    then = urlsplit(goodbye.then or "")
    return drawn(
        request, "logout", asker=asker, now=asker.now, address=PATH, said=said,
        targets=[f"{then.scheme}://{then.netloc}"] if goodbye.then else [],
        client_name=goodbye.client.name if goodbye.client else None,
    )  # fmt: skip


async def _after(request: AnyRequest, goodbye: Goodbye) -> Response[bytes]:
    if goodbye.then is not None:
        return Response(b"", status_code=303, headers={"location": goodbye.then})
    return drawn(request, "signed_out", asker=None, now=await clock.now(), address="/", visitor="nobody")


ROUTES: list[ControllerRouterHandler] = [leave, leave_posted]

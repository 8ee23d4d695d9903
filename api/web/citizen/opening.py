"""Mini-apps: what one agrees to before, and the page that shows one in a frame of its own origin."""

import re
from typing import Any, Final
from urllib.parse import urlsplit

from litestar import Response, get, post
from litestar.enums import MediaType
from litestar.types import ControllerRouterHandler

from api.graphql import execute
from api.graphql.documents import named
from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.assets import ADDRESSES
from api.pages.drawing import Reach
from api.pages.manner import is_elder
from api.web import places
from api.web.citizen import sayings
from api.web.citizen.asking import Data, ask
from api.web.citizen.place import citizen, filled, onward, region_of, shown
from banshi.errors import DomainError, InvalidInput
from banshi.scopes import Scope
from identity import regions
from identity.roles import FOR_FIRMS

TERMS: Final = named("mini_app_terms")
OPEN: Final = named("open_mini_app")
RATE: Final = named("rate_mini_app")
PERSON: Final = "1"
FIRM: Final = "2"
"""As what he is here, in the old host's numbers."""
APP: Final = "/apps/{app_id:str}"
PAGE: Final = re.compile(r"(?!.*(^|/)\.{1,2}(/|$))[\w./~-]*")
"""A file below the version that is opened: whoever wrote the link must not choose another version."""


@get([APP, f"{APP}/{{page:path}}"])
async def open_page(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Show the mini-app, at the page a notice leads to; or first what it asks for.

    Raises: AppNotFound, AppSuspended, HostTooOld, NotServedHere; InvalidInput for a page elsewhere.
    """
    asker = await citizen(request, Scope.APPS_OPEN)
    page = str(request.path_params.get("page", "")).lstrip("/")
    if not PAGE.fullmatch(page):
        raise InvalidInput(field="page", problem="it is a file of the mini-app, without .. and ?")
    terms = await _terms(request, asker, app_id)
    if not terms["agreed"]:
        return await _sheet(request, asker, terms)
    entry = urlsplit(terms["entry"])
    origin, region = f"{entry.scheme}://{entry.netloc}", region_of(request, asker)
    return await shown(
        request, "app", asker, app=terms["app"], region=region, region_name=regions.full_name(region),
        regions=places.groups(), user_type=FIRM if asker.actor.mandate_kind in FOR_FIRMS else PERSON,
        reach=Reach(frames=[origin]),
        bridge=ADDRESSES["bridge-host.js"], doing=ADDRESSES["doing.js"], page=page,
        manner="elder" if is_elder(request) else "normal", address=f"/apps/{app_id}",
    )  # fmt: skip


@post(f"{APP}/consent", status_code=200)
async def agree(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Agree to all that the mini-app asks for: that is what opens it."""
    form, asker = await filled(request, Scope.APPS_OPEN)
    scopes = form.lists.get("scope", [])
    try:
        await ask(request, asker, OPEN, appId=app_id, scopes=scopes, region=region_of(request, asker))
    except DomainError as refusal:
        terms = await _terms(request, asker, app_id)
        return await _sheet(request, asker, terms, **sayings.refused(request, refusal, now=asker.now))
    return onward(request, f"/apps/{app_id}")


@post(f"{APP}/session", status_code=200)
async def session(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Open the mini-app, or anew; a script is told `{version, entry, token, scopes, notices, expiresAt}`."""
    _, asker = await filled(request, Scope.APPS_OPEN)
    try:
        told = await ask(request, asker, OPEN, appId=app_id, region=region_of(request, asker))
    except DomainError as refusal:
        body = {"code": refusal.code, "problem": sayings.told(refusal, now=asker.now)}
        return Response(execute.encode(body), status_code=refusal.status, media_type=MediaType.JSON)
    return Response(execute.encode(told["openMiniApp"]), media_type=MediaType.JSON)


@post(f"{APP}/rating", status_code=200)
async def rate(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Give stars, and words."""
    form, asker = await filled(request, Scope.APPS_OPEN)
    stars = form.get("stars")
    given = int(stars) if stars in ("1", "2", "3", "4", "5") else 0
    await ask(request, asker, RATE, appId=app_id, stars=given, comment=form.get("comment"))
    return onward(request, f"/apps/{app_id}?done=rated")


async def _terms(request: AnyRequest, asker: Asker, app_id: str) -> Data:
    told = await ask(request, asker, TERMS, appId=app_id, region=region_of(request, asker))
    found: Data = told["miniAppTerms"]
    return found


async def _sheet(
    request: AnyRequest, asker: Asker, terms: Data, *, problem: str = "", **values: Any
) -> Response[bytes]:
    return await shown(
        request, "app_terms", asker, terms=terms, app=terms["app"], problem=problem,
        address=f"/apps/{terms['app']['appId']}", **values,
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [open_page, agree, session, rate]

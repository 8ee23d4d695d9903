"""All pages together; each refusal of theirs is a page, too."""

from litestar import Router
from litestar.types import ControllerRouterHandler

from api.pages import consent, contexts, qr, sign_in, sign_out
from api.pages.account import (
    accesses,
    consents,
    mandates,
    muting,
    network_identity,
    overview,
    passkeys,
    proposing,
    sessions,
)
from api.pages.assets import asset
from api.pages.refusals import HANDLERS
from api.pages.signed_in import to_sign_in, to_step_up
from banshi.errors import NotSignedIn
from identity.errors import StepUpNeeded

PAGES: list[ControllerRouterHandler] = [
    *sign_in.ROUTES,
    *qr.ROUTES,
    *contexts.ROUTES,
    *sign_out.ROUTES,
    *consent.ROUTES,
    *overview.ROUTES,
    *sessions.ROUTES,
    *consents.ROUTES,
    *muting.ROUTES,
    *accesses.ROUTES,
    *mandates.ROUTES,
    *proposing.ROUTES,
    *passkeys.ROUTES,
    *network_identity.ROUTES,
]

ROUTES: list[ControllerRouterHandler] = [
    Router(
        path="/",
        route_handlers=PAGES,
        exception_handlers={**HANDLERS, NotSignedIn: to_sign_in, StepUpNeeded: to_step_up},
    ),
    asset,
]

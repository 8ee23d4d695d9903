"""All pages together, each refusal of which is a page, too."""

from litestar import Router
from litestar.types import ControllerRouterHandler

from api.pages import contexts, sign_in, sign_out
from api.pages.assets import asset
from api.pages.refusals import HANDLERS

PAGES: list[ControllerRouterHandler] = [
    *sign_in.ROUTES,
    *contexts.ROUTES,
    *sign_out.ROUTES,
]

ROUTES: list[ControllerRouterHandler] = [
    Router(path="/", route_handlers=PAGES, exception_handlers=HANDLERS),
    asset,
]

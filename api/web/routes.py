"""The pages of work together; their refusals are pages as the citizens' are."""

from litestar import Router
from litestar.types import ControllerRouterHandler

from api.pages.refusals import HANDLERS
from api.pages.signed_in import to_sign_in, to_step_up
from api.web.developer import apps, defects, keys, packages, ratings, releases, teams, usage, versions
from api.web.developer.place import NoTeam, to_teams
from api.web.operator import routes as operator
from banshi.errors import NotSignedIn
from identity.errors import StepUpNeeded

PAGES: list[ControllerRouterHandler] = [
    *apps.ROUTES, *defects.ROUTES, *keys.ROUTES, *packages.ROUTES, *ratings.ROUTES,
    *releases.ROUTES, *teams.ROUTES, *usage.ROUTES, *versions.ROUTES,
    *operator.ROUTES,
]  # fmt: skip

ROUTES: list[ControllerRouterHandler] = [
    Router(
        path="/",
        route_handlers=PAGES,
        exception_handlers={**HANDLERS, NotSignedIn: to_sign_in, StepUpNeeded: to_step_up, NoTeam: to_teams},
    )
]

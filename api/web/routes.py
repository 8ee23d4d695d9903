"""The citizens' host and the pages of work together; each refusal of theirs is a page, too."""

from litestar import Router
from litestar.types import ControllerRouterHandler

from api.pages.refusals import HANDLERS
from api.pages.signed_in import to_sign_in, to_step_up
from api.web.citizen import routes as citizen
from api.web.developer import routes as developer
from api.web.developer.place import NoTeam, to_teams
from api.web.operator import routes as operator
from banshi.errors import NotSignedIn
from identity.errors import StepUpNeeded

PAGES: list[ControllerRouterHandler] = [*citizen.ROUTES, *developer.ROUTES, *operator.ROUTES]

ROUTES: list[ControllerRouterHandler] = [
    Router(
        path="/",
        route_handlers=PAGES,
        exception_handlers={**HANDLERS, NotSignedIn: to_sign_in, StepUpNeeded: to_step_up, NoTeam: to_teams},
    )
]

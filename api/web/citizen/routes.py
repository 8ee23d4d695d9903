"""All pages of the phone host together."""

from litestar.types import ControllerRouterHandler

from api.web.citizen import (
    acting,
    applying,
    cases,
    filling,
    finding,
    guide,
    handing_in,
    home,
    inbox,
    lasting,
    opening,
    papers,
    signing_on,
    uploads,
    wallet,
)

ROUTES: list[ControllerRouterHandler] = [
    *home.ROUTES,
    *finding.ROUTES,
    *guide.ROUTES,
    *applying.ROUTES,
    *filling.ROUTES,
    *papers.ROUTES,
    *uploads.ROUTES,
    *handing_in.ROUTES,
    *cases.ROUTES,
    *acting.ROUTES,
    *wallet.ROUTES,
    *inbox.ROUTES,
    *opening.ROUTES,
    *signing_on.ROUTES,
    *lasting.ROUTES,
]

"""All pages of the developer's office."""

from litestar.types import ControllerRouterHandler

from api.web.developer import (
    agreements,
    apps,
    credentials,
    defects,
    keys,
    packages,
    ratings,
    releases,
    teams,
    usage,
    versions,
    webhooks,
)

ROUTES: list[ControllerRouterHandler] = [
    *agreements.ROUTES, *apps.ROUTES, *credentials.ROUTES, *defects.ROUTES, *keys.ROUTES, *packages.ROUTES,
    *ratings.ROUTES, *releases.ROUTES, *teams.ROUTES, *usage.ROUTES, *versions.ROUTES,
    *webhooks.ROUTES,
]  # fmt: skip

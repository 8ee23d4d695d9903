"""All pages of the operator's office."""

from typing import Final

from litestar.types import ControllerRouterHandler

from api.web.operator import (
    apps,
    comments,
    deciding,
    defects,
    evidence,
    home,
    quotas,
    refusing,
    releasing,
    reviews,
    shelf,
    shelf_groups,
    shelf_placings,
    shelf_preview,
    shelf_slots,
    switches,
    testers,
    trials,
)

PARTS: Final = (
    home,
    reviews,
    deciding,
    refusing,
    evidence,
    apps,
    releasing,
    quotas,
    switches,
    shelf,
    shelf_groups,
    shelf_slots,
    shelf_placings,
    shelf_preview,
    comments,
    defects,
    testers,
    trials,
)

ROUTES: list[ControllerRouterHandler] = [route for part in PARTS for route in part.ROUTES]

"""Piccolo's commands import this module by name; it only lists what has tables."""

from piccolo.conf.apps import AppRegistry

from storage.db import DB as DB

APP_REGISTRY = AppRegistry(
    apps=[
        "storage.piccolo_app",
        "identity.piccolo_app",
        "miniapps.calendar.piccolo_app",
        "miniapps.notices.piccolo_app",
        "miniapps.materials.piccolo_app",
        "miniapps.items.piccolo_app",
        "miniapps.cases.piccolo_app",
        "miniapps.trips.piccolo_app",
        "miniapps.catalog.piccolo_app",
        "miniapps.stores.piccolo_app",
        "miniapps.review.piccolo_app",
        "miniapps.insight.piccolo_app",
        "miniapps.release.piccolo_app",
        "miniapps.shelf.piccolo_app",
        "miniapps.webhooks.piccolo_app",
        "miniapps.gateway.piccolo_app",
        "miniapps.privacy.piccolo_app",
    ]
)

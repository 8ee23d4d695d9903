"""The shelf on the wire: what citizens are shown of mini-apps, and how they find them."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Self, TypeAlias
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.access import needs
from api.graphql.item_node import ItemNode
from api.graphql.items import CATALOGUE
from api.graphql.pages import Connection, after_key, connection, size
from api.graphql.planned import by_region, kept_for_all
from banshi.scopes import Scope
from miniapps.items import queries as items
from miniapps.release.rules.needs import OURS, Host, host
from miniapps.shelf import queries, rules
from miniapps.shelf.queries import ShownApp, View

strawberry.enum(rules.AgeGroup, name="AgeGroup", description="For whom a shelf is laid out.")
strawberry.enum(rules.Area, name="ShelfArea", description="Where a featured mini-app is shown.")
AgeGroup: TypeAlias = rules.AgeGroup
Area: TypeAlias = rules.Area

SHELF = ("shelf_edition", "shelf_entry", "shelf_placing", "mini_app")
"""The tables that tell of every change of the shelf; stars are seen within a minute."""


@strawberry.type(name="ShelfCategory", description="A category of mini-apps, in the order of showing.")
class CategoryNode:
    code: str
    name: str
    parent: str | None = strawberry.field(description="The category above it; those of the first have none.")

    @classmethod
    def of(cls, category: rules.Category) -> Self:
        """Wrap a category."""
        return cls(code=category.code, name=category.name, parent=category.parent)


@strawberry.type(
    name="ShelfLifeEvent", description="A time of life with which much has to be done (人生大事)."
)
class LifeEventNode:
    code: str
    name: str
    topics: list[str] = strawberry.field(description="Life events of items that belong to it.")

    @classmethod
    def of(cls, event: rules.LifeEvent) -> Self:
        """Wrap a life event."""
        return cls(code=event.code, name=event.name, topics=list(event.topics))


@strawberry.type(name="ShelfApp", description="A mini-app as citizens are shown it.")
class ShelfAppNode:
    id: UUID
    app_id: str
    name: str
    purpose: str
    department: str
    categories: list[str]
    life_events: list[str]
    average: float | None = strawberry.field(description="Of its stars; null while few rated it.")
    rated: int = strawberry.field(description="How many parties rated it.")
    host_needed: str | None = strawberry.field(
        description="The version to which the host app has to be updated before it opens; null: it opens."
    )

    @classmethod
    def of(cls, app: ShownApp, host: Host = OURS) -> Self:
        """Wrap a mini-app for who asks by such a host app."""
        return cls(
            id=app.id, app_id=app.app_id, name=app.name, purpose=app.purpose, department=app.department,
            categories=app.categories, life_events=app.life_events, average=app.average, rated=app.rated,
            host_needed=app.host_needed(host),
        )  # fmt: skip


@strawberry.type(name="Featured", description="A mini-app in a featured slot.")
class FeaturedNode:
    code: str
    area: Area
    place: int
    app: ShelfAppNode

    @classmethod
    def of(cls, slot: rules.Slot, app: ShownApp, host: Host) -> Self:
        """Wrap a slot that is shown."""
        return cls(code=slot.code, area=slot.area, place=slot.place, app=ShelfAppNode.of(app, host))


@strawberry.type(name="Shelf", description="The front of the shelf: what stands before the lists.")
class ShelfNode:
    edition: int
    life_events: list[LifeEventNode]
    categories: list[CategoryNode]
    featured: list[FeaturedNode]

    @classmethod
    def of(cls, view: View, host: Host = OURS) -> Self:
        """Wrap what a reader is shown."""
        return cls(
            edition=view.edition,
            life_events=[LifeEventNode.of(each) for each in view.life_events],
            categories=[CategoryNode.of(each) for each in view.categories],
            featured=[FeaturedNode.of(slot, app, host) for slot, app in view.featured],
        )


REGIONS = by_region(queries.SHOWN_IN)
FRONT = kept_for_all(*SHELF, by_minute=True, alike=REGIONS)  # slots begin and end by the minute
LISTS = kept_for_all(*SHELF, alike=REGIONS)
FOUND = kept_for_all(*CATALOGUE, "shelf_edition", alike=by_region(items.OFFERED_IN))


def _shown_in(host_version: str | None) -> Callable[[ShownApp], ShelfAppNode]:
    """Return what wraps mini-apps for the host app that calls itself so; None: the platform's own."""
    return partial(ShelfAppNode.of, host=host(host_version))


@strawberry.type
class ShelfQuery:
    """What anybody is shown of the shelf; level and age group order it and guard nothing."""

    @strawberry.field(extensions=[needs(Scope.APPS_READ)], metadata=FRONT)
    async def shelf(
        self,
        info: Info,
        region: str,
        level: int = 3,
        age_group: AgeGroup = AgeGroup.ADULT,
        host_version: str | None = None,
    ) -> ShelfNode:
        """Categories, life events and featured mini-apps in a region, at this minute."""
        who, asker = queries.reader(region, level=level, age=age_group), host(host_version)
        return ShelfNode.of(await queries.shelf(who, at=info.context.now), asker)

    @strawberry.field(extensions=[needs(Scope.APPS_READ)], metadata=LISTS)
    async def shelf_apps(
        self,
        info: Info,
        region: str,
        life_event: str | None = None,
        category: str | None = None,
        level: int = 3,
        age_group: AgeGroup = AgeGroup.ADULT,
        first: int = 20,
        after: str | None = None,
        host_version: str | None = None,
    ) -> Connection[ShelfAppNode]:
        """Mini-apps of a region in the operators' order: placed by hand first, then by name."""
        wanted, place = size(first), after_key(after, of="shelf apps")
        who = queries.reader(region, level=level, age=age_group)
        page = await queries.apps(who, life_event=life_event, category=category, first=wanted, after=place)
        return connection(page, _shown_in(host_version), of="shelf apps", key=lambda app: app.place)

    @strawberry.field(extensions=[needs(Scope.APPS_READ)], metadata=LISTS)
    async def find_apps(
        self,
        info: Info,
        search: str,
        region: str,
        level: int = 3,
        age_group: AgeGroup = AgeGroup.ADULT,
        first: int = 20,
        after: str | None = None,
        host_version: str | None = None,
    ) -> Connection[ShelfAppNode]:
        """Mini-apps by name, purpose, department, id, pinyin or initials, and by words that mean the same."""
        wanted, place = size(first), after_key(after, of="found apps")
        who = queries.reader(region, level=level, age=age_group)
        page = await queries.search(await queries.meant(search), who, first=wanted, after=place)
        return connection(page, _shown_in(host_version), of="found apps", key=lambda app: app.place)

    @strawberry.field(extensions=[needs(Scope.ITEMS_READ)], metadata=FOUND)
    async def find_items(
        self, info: Info, search: str, region: str, first: int = 20, after: str | None = None
    ) -> Connection[ItemNode]:
        """Items as `items` finds them, and by the operators' words that mean the same."""
        wanted, place = size(first), after_key(after, of="found items")
        what = await queries.meant(search)
        page = await items.search(what.text, region, first=wanted, after=place, also=what.also)
        return connection(page, ItemNode.of, of="found items", key=lambda offer: offer.place)


PREVIEW = "What such a reader would be shown at a moment, of the draft if wished: by group, never by name."


@strawberry.type
class ShelfPreviewQuery:
    """What operators see in citizens' stead."""

    @strawberry.field(extensions=[needs(Scope.APPS_REVIEW)], description=PREVIEW)
    async def shelf_preview(
        self,
        info: Info,
        region: str,
        level: int = 3,
        age_group: AgeGroup = AgeGroup.ADULT,
        at: datetime | None = None,
        draft: bool = True,
    ) -> ShelfNode:
        context, who = info.context, queries.reader(region, level=level, age=age_group)
        return ShelfNode.of(await queries.preview(context.actor, who, at=at or context.now, draft=draft))

    @strawberry.field(
        extensions=[needs(Scope.APPS_REVIEW)], description="The list beside `shelfPreview`, in its order."
    )
    async def shelf_preview_apps(
        self,
        info: Info,
        region: str,
        life_event: str | None = None,
        category: str | None = None,
        level: int = 3,
        age_group: AgeGroup = AgeGroup.ADULT,
        draft: bool = True,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[ShelfAppNode]:
        wanted, place = size(first), after_key(after, of="preview apps")
        page = await queries.preview_apps(
            info.context.actor,
            queries.reader(region, level=level, age=age_group),
            draft=draft,
            life_event=life_event,
            category=category,
            first=wanted,
            after=place,
        )
        return connection(page, ShelfAppNode.of, of="preview apps", key=lambda app: app.place)

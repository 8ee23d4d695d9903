"""The next edition of the shelf on the wire: a draft, what is wrong with it, publishing and going back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import msgspec
import strawberry

from api.context import Info
from api.graphql.access import needs
from api.graphql.pages import Connection, after_id, connection, size
from api.graphql.shelf import AgeGroup, Area
from banshi.errors import InvalidInput
from banshi.scopes import Scope
from identity.actor import check_operator
from miniapps.shelf import queries, rules, service
from miniapps.shelf.rules import Edit
from miniapps.shelf.tables import ShelfDraft, ShelfEdition


@strawberry.input(description="A category; without a parent it is of the first level.")
class ShelfCategoryInput:
    code: str
    name: str
    place: int = 0
    parent: str | None = None


@strawberry.input(description="A life event; `topics` are life events of items.")
class ShelfLifeEventInput:
    code: str
    name: str
    place: int = 0
    topics: list[str] = strawberry.field(default_factory=list)
    for_elders: bool = False


@strawberry.input(description="Where a mini-app stands; without a place it follows by name.")
class ShelfPlacingInput:
    app_id: str
    place: int | None = None
    categories: list[str] = strawberry.field(default_factory=list)
    life_events: list[str] = strawberry.field(default_factory=list)
    least_level: int = 0
    ages: list[AgeGroup] = strawberry.field(default_factory=list)


@strawberry.input(description="A featured mini-app for a time (of whole minutes) and a region.")
class ShelfSlotInput:
    code: str
    app_id: str
    area: Area
    place: int
    region: str
    begins: datetime
    ends: datetime
    least_level: int = 0
    ages: list[AgeGroup] = strawberry.field(default_factory=list)


@strawberry.input(description="Changes of the draft: whatever is there under its code or app id is replaced.")
class ShelfEditInput:
    categories: list[ShelfCategoryInput] = strawberry.field(default_factory=list)
    drop_categories: list[str] = strawberry.field(default_factory=list)
    life_events: list[ShelfLifeEventInput] = strawberry.field(default_factory=list)
    drop_life_events: list[str] = strawberry.field(default_factory=list)
    placings: list[ShelfPlacingInput] = strawberry.field(default_factory=list)
    drop_placings: list[str] = strawberry.field(default_factory=list)
    slots: list[ShelfSlotInput] = strawberry.field(default_factory=list)
    drop_slots: list[str] = strawberry.field(default_factory=list)
    synonyms: list[list[str]] | None = None


def _edit(given: ShelfEditInput) -> Edit:
    """Return the changes a client spelled.

    Raises: InvalidInput.
    """
    try:
        return msgspec.convert(_plain(strawberry.asdict(given)), Edit)
    except msgspec.ValidationError as error:
        raise InvalidInput(field="edit", problem=str(error)) from None


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values without enums: msgspec reads words."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(values))
    return found


@strawberry.type(name="ShelfOverlap", description="Two slots that want one place; `shelf` decides.")
class OverlapNode:
    one: str
    other: str


@strawberry.type(name="ShelfDraft", description="The edition in the making, one for all operators.")
class DraftNode:
    revision: UUID = strawberry.field(description="Another with each change: name the one you saw.")
    based_on: int
    content: str = strawberry.field(description="JSON: categories, life events, slots, synonyms, placings.")
    overlaps: list[OverlapNode]
    edited_at: datetime

    @classmethod
    def of(cls, row: ShelfDraft) -> Self:
        """Wrap the draft."""
        shelf = queries.whole(row)
        pairs = rules.overlaps(shelf.front.slots)[:100]
        return cls(
            revision=row.revision,
            based_on=row.based_on,
            content=msgspec.json.encode(shelf).decode(),
            overlaps=[OverlapNode(one=one.code, other=other.code) for one, other in pairs],
            edited_at=row.edited_at,
        )


@strawberry.type(name="ShelfEdition", description="What citizens saw from a moment on.")
class EditionNode:
    id: UUID
    number: int
    note: str
    restores: int | None = strawberry.field(description="The edition that it brought back.")
    published_at: datetime

    @classmethod
    def of(cls, row: ShelfEdition) -> Self:
        """Wrap an edition."""
        same = ("id", "number", "note", "restores", "published_at")
        return cls(**{name: getattr(row, name) for name in same})


@strawberry.type
class ShelfEditingQuery:
    """What operators see of editions."""

    @strawberry.field(
        extensions=[needs(Scope.APPS_REVIEW)], description="The draft; null while there is none."
    )
    async def shelf_draft(self, info: Info) -> DraftNode | None:
        check_operator(info.context.actor)
        row = await queries.draft()
        return None if row is None else DraftNode.of(row)

    @strawberry.field(extensions=[needs(Scope.APPS_REVIEW)], description="Editions, newest first.")
    async def shelf_editions(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[EditionNode]:
        page = await queries.editions(
            info.context.actor, first=size(first), after=after_id(after, of="shelf editions")
        )
        return connection(page, EditionNode.of, of="shelf editions")


@strawberry.type
class ShelfEditingMutation:
    """What operators do with the shelf."""

    @strawberry.mutation(
        extensions=[needs(Scope.APPS_REVIEW)],
        description="Change the draft; name the revision you saw, none when there was no draft.",
    )
    async def edit_shelf(self, info: Info, edit: ShelfEditInput, revision: UUID | None = None) -> DraftNode:
        context = info.context
        return DraftNode.of(
            await service.edit(context.actor, _edit(edit), revision=revision, now=context.now)
        )

    @strawberry.mutation(extensions=[needs(Scope.APPS_REVIEW)], description="Throw the draft away.")
    async def discard_shelf_draft(self, info: Info, revision: UUID) -> bool:
        await service.discard(info.context.actor, revision=revision, now=info.context.now)
        return True

    @strawberry.mutation(extensions=[needs(Scope.APPS_REVIEW)], description="Put the whole draft in force.")
    async def publish_shelf(self, info: Info, revision: UUID, note: str, idempotency_key: str) -> EditionNode:
        context = info.context
        return EditionNode.of(
            await service.publish(
                context.actor, revision=revision, note=note, key=idempotency_key, now=context.now
            )
        )

    @strawberry.mutation(
        extensions=[needs(Scope.APPS_REVIEW)],
        description="Put a former edition in force again.",
    )
    async def roll_back_shelf(
        self, info: Info, number: int, reason: str, idempotency_key: str
    ) -> EditionNode:
        context = info.context
        return EditionNode.of(
            await service.roll_back(
                context.actor, number, reason=reason, key=idempotency_key, now=context.now
            )
        )

"""Service items on the wire: find one, see what it asks for, define and publish."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.access import needs
from api.graphql.answers import AnswerInput, read
from api.graphql.item_node import Audience, ItemNode
from api.graphql.item_parts import ItemMaterialNode
from api.graphql.pages import Connection, after_key, connection, size
from api.graphql.plan.roots import Argument, Root, Size, root
from api.graphql.planned import by_region, kept_for_all
from banshi.scopes import Scope
from miniapps.items import queries, rules, service
from miniapps.items.tables import ItemVersion
from storage.paging import LARGEST


@strawberry.type(name="NeededMaterials", description="What some answers make necessary.")
class NeededNode:
    materials: list[ItemMaterialNode] = strawberry.field(description="Needed for certain.")
    maybe: list[ItemMaterialNode] = strawberry.field(description="Still open under these answers.")
    unknown: list[str] = strawberry.field(description="Questions that would settle what is open.")
    situations: list[str] = strawberry.field(description="Names of the situations that hold.")


@strawberry.type(name="ItemVersion", description="One numbered text of an item; immutable once published.")
class ItemVersionNode:
    id: UUID
    number: int
    state: str = strawberry.field(description="draft, published, superseded or withdrawn.")
    text: str
    defined_at: datetime
    published_at: datetime | None

    @classmethod
    def of(cls, row: ItemVersion) -> Self:
        """Wrap a row."""
        return cls(
            id=row.id,
            number=row.number,
            state=str(row.state),
            text=row.text,
            defined_at=row.defined_at,
            published_at=row.published_at,
        )


CATALOGUE = ("item", "item_topic")
"""The tables that tell of every change in what is offered: a version in force changes its item."""

OFFERED = root(
    Root(
        visible="{t}.current_id IS NOT NULL",  # what is in force is everybody's
        arguments={
            "region": Argument(
                "text",
                "{t}.regions && (SELECT ARRAY[left({a}, 2)||'0000', left({a}, 4)||'00', {a}]::varchar[])",
                convert=lambda region: queries.around(region)[-1],
            ),
            "target": Argument(
                "text", "{t}.target = {a} OR {t}.target = 'both'", convert=lambda one: one.value
            ),
            "elder": Argument(
                "boolean",
                "NOT {a} OR EXISTS (SELECT FROM item_topic old WHERE old.code = {t}.life_events[1]"
                " AND old.for_elders)",
            ),
        },
        order="{t}.code",
        key="code",
        size=Size(LARGEST),
        shared=True,
        topics=frozenset(CATALOGUE),
    )
)


FOUND = kept_for_all(*CATALOGUE, alike=by_region(queries.OFFERED_IN))
"""What is found is the same in all regions around which the same is offered."""


@strawberry.type
class ItemsQuery:
    """What anybody may ask of the catalogue."""

    @strawberry.field(extensions=[needs(Scope.ITEMS_READ)], metadata=FOUND)
    async def items(
        self,
        info: Info,
        search: str | None = None,
        region: str | None = None,
        life_event: str | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[ItemNode]:
        """Items on offer, best match first; `search` takes Chinese, pinyin, its initials or a code."""
        page = await queries.search(
            search, region, life_event, first=size(first), after=after_key(after, of="items")
        )
        return connection(page, ItemNode.of, of="items", key=lambda offer: offer.place)

    @strawberry.field(extensions=[needs(Scope.ITEMS_READ)], metadata=kept_for_all(*CATALOGUE))
    async def item(self, info: Info, code: str) -> ItemNode:
        """The item with this 12-digit code."""
        return ItemNode.of(*await queries.described(code))

    @strawberry.field(extensions=[needs(Scope.ITEMS_READ)], metadata=OFFERED)
    async def catalog(
        self, info: Info, region: str, target: Audience, elder: bool = False, first: int = 20
    ) -> list[ItemNode]:
        """What is offered in a region or around it, by code; in elder mode, under topics for the old."""
        found = await queries.catalog(region, target, elder=elder, first=size(first))
        return [ItemNode.of(offer) for offer in found]

    @strawberry.field(extensions=[needs(Scope.ITEMS_READ)])
    async def needed_materials(self, info: Info, code: str, answers: list[AnswerInput]) -> NeededNode:
        """What an application would need under these answers, without telling us who asks."""
        (_, item), given = await queries.described(code), read(answers)
        needed = rules.needed(item, given)
        return NeededNode(
            materials=[ItemMaterialNode.of(material) for material in needed.materials],
            maybe=[ItemMaterialNode.of(material) for material in needed.maybe],
            unknown=list(needed.unknown),
            situations=[situation.name for situation in rules.situations(item, given)],
        )

    @strawberry.field(extensions=[needs(Scope.ITEMS_READ)])
    async def item_versions(self, info: Info, code: str) -> list[ItemVersionNode]:
        """The versions of an item that you may see, newest first; at most 100."""
        return [ItemVersionNode.of(row) for row in await queries.versions(info.context.actor, code)]


@strawberry.type
class ItemsMutation:
    """What definers and operators do."""

    @strawberry.mutation(extensions=[needs(Scope.ITEMS_WRITE)])
    async def define_item(self, info: Info, text: str) -> ItemVersionNode:
        """Store an item text as a draft; the same text again answers the same draft."""
        return ItemVersionNode.of(await service.define(info.context.actor, text, now=info.context.now))

    @strawberry.mutation(extensions=[needs(Scope.ITEMS_PUBLISH)])
    async def publish_item(self, info: Info, version_id: UUID) -> ItemVersionNode:
        """Put a draft that somebody else defined in force; again changes nothing."""
        published = await service.publish(info.context.actor, version_id, now=info.context.now)
        return ItemVersionNode.of(published)

    @strawberry.mutation(extensions=[needs(Scope.ITEMS_PUBLISH)])
    async def withdraw_item(self, info: Info, code: str) -> ItemVersionNode:
        """Take an item out of the catalogue; cases begun under it go on."""
        return ItemVersionNode.of(await service.withdraw(info.context.actor, code, now=info.context.now))

"""Service items on the wire: find one, see what it asks for, define and publish."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.access import needs
from api.graphql.answers import AnswerInput, read
from api.graphql.item_parts import (
    FaqNode,
    FeeNode,
    FormFieldNode,
    ItemMaterialNode,
    LimitNode,
    QuestionNode,
    RemedyNode,
    ResultNode,
    StepNode,
)
from api.graphql.pages import Connection, after_key, connection, size
from banshi.scopes import Scope
from miniapps.items import queries, rules, service
from miniapps.items.queries import Offer
from miniapps.items.tables import ItemVersion


@strawberry.type(name="Item", description="A service item (事项) as it is offered now.")
class ItemNode:
    id: UUID = strawberry.field(description="The version in force; a case keeps it.")
    code: str = strawberry.field(description="12-digit catalogue code (基本编码).")
    number: int = strawberry.field(description="The number of this version.")
    name: str
    summary: str
    kind: str = strawberry.field(description="Task type: permission, confirmation, service …")
    agency: str = strawberry.field(description="The competent kind of department, e.g. public_security.")
    target: str = strawberry.field(description="Whom it serves: person, firm or both.")
    life_events: list[str]
    regions: list[str] = strawberry.field(description="GB/T 2260 codes of the places that offer it.")
    region_scope: str = strawberry.field(description="How far from home it may be handed in.")
    conditions: str = strawberry.field(description="Who may apply (受理条件).")
    basis: list[str] = strawberry.field(description="The law it rests on.")
    statutory: LimitNode | None = strawberry.field(description="None when the law sets no limit.")
    promised: LimitNode
    acceptance: LimitNode = strawberry.field(description="Within which papers are accepted or defects told.")
    instant: bool = strawberry.field(description="Done at once (即办件).")
    declared_trips: int = strawberry.field(description="How often the citizen must come in person.")
    trip_reason: str
    questions: list[QuestionNode]
    materials: list[ItemMaterialNode] = strawberry.field(description="Everything it may ask for.")
    fields: list[FormFieldNode]
    steps: list[StepNode]
    result: ResultNode
    fees: list[FeeNode]
    delivery: list[str] = strawberry.field(description="electronic, post, window.")
    remedy: RemedyNode | None
    consult_phone: str
    complaint_phone: str
    faq: list[FaqNode]
    sample: bool = strawberry.field(description="A demonstration text, no basis for real applications.")
    published_at: datetime

    @classmethod
    def of(cls, offer: Offer) -> Self:
        """Wrap an offer."""
        item = offer.item
        return cls(
            id=offer.version_id,
            number=offer.number,
            published_at=offer.published_at,
            statutory=LimitNode.of(item.statutory) if item.statutory else None,
            promised=LimitNode.of(item.promised),
            acceptance=LimitNode.of(item.acceptance),
            questions=[QuestionNode.of(question) for question in item.questions],
            materials=[ItemMaterialNode.of(material) for material in item.materials],
            fields=[FormFieldNode.of(field) for field in item.fields],
            steps=[StepNode(name=step.name, days=step.days) for step in item.steps],
            result=ResultNode.of(item.result),
            fees=[FeeNode.of(fee) for fee in item.fees],
            remedy=RemedyNode.of(item.remedy) if item.remedy else None,
            faq=[FaqNode(question=faq.question, answer=faq.answer) for faq in item.faq],
            **_plain(item),
        )


def _plain(item: rules.CompiledItem) -> dict[str, Any]:
    """Return what goes on the wire as it is kept."""
    lists = ("life_events", "regions", "basis", "delivery")
    same = ("code", "name", "summary", "kind", "agency", "target", "region_scope", "conditions", "instant",
            "declared_trips", "trip_reason", "consult_phone", "complaint_phone", "sample")  # fmt: skip
    kept: dict[str, Any] = {name: getattr(item, name) for name in same}
    return kept | {name: [str(each) for each in getattr(item, name)] for name in lists}


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


@strawberry.type
class ItemsQuery:
    """What anybody may ask of the catalogue."""

    @strawberry.field(extensions=[needs(Scope.ITEMS_READ)])
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

    @strawberry.field(extensions=[needs(Scope.ITEMS_READ)])
    async def item(self, info: Info, code: str) -> ItemNode:
        """The item with this 12-digit code."""
        return ItemNode.of(await queries.offer(code))

    @strawberry.field(extensions=[needs(Scope.ITEMS_READ)])
    async def needed_materials(self, info: Info, code: str, answers: list[AnswerInput]) -> NeededNode:
        """What an application would need under these answers, without telling us who asks."""
        item, given = (await queries.offer(code)).item, read(answers)
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

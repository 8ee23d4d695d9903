"""A service item on the wire: what lists show comes from columns, the rest from the text of its version."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Self, TypeAlias
from uuid import UUID

import strawberry

from api.context import Info
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
from api.graphql.loaders import Loader
from api.graphql.plan.sources import Mapped, column, from_sql, linked, rows
from identity.actor import Actor
from miniapps.items import queries, rules
from miniapps.items.queries import Offer
from miniapps.items.rules import CompiledItem

strawberry.enum(rules.Audience, name="Audience", description="For whom one looks through the catalogue.")
Audience: TypeAlias = rules.Audience  # who takes it from here has it under its name on the wire


async def _offers(_: Actor, codes: list[str]) -> Mapping[str, Offer]:
    return await queries.offers(codes)


async def _texts(_: Actor, ids: list[UUID]) -> Mapping[UUID, CompiledItem]:
    return await queries.texts(ids)


async def _topics(_: Actor, codes: list[str]) -> Mapping[str, rules.Topic]:
    return await queries.topics(codes)


OFFERS = Loader(_offers)
TEXTS = Loader(_texts)
TOPICS = Loader(_topics)


@strawberry.type(name="Topic", description="A life event (人生大事) that items are gathered under.")
@rows("item_topic")
class TopicNode(Mapped):
    code: str = strawberry.field(description="For example birth.")
    name: str


def _told(read: Callable[[CompiledItem], Any], **options: Any) -> Any:
    """Declare a field that the version's text tells; the texts of a whole answer are read at once."""

    async def resolver(root: "ItemNode", info: Info) -> Any:
        return read(root.text or await TEXTS.must(info, root.id))

    return strawberry.field(resolver=resolver, **options)


def _each(wrap: Callable[[Any], Any], parts: Sequence[Any]) -> list[Any]:
    return [wrap(part) for part in parts]


IN_FORCE = "JOIN item_version {version} ON {version}.id = {t}.current_id"


@strawberry.type(name="Item", description="A service item (事项) as it is offered now.")
@rows("item", joins={"version": IN_FORCE})
class ItemNode:
    id: UUID = column("current_id", description="The version in force; a case keeps it.")
    code: str = strawberry.field(description="12-digit catalogue code (基本编码).")
    number: int = strawberry.field(
        description="The number of this version.", metadata=from_sql("{version}.number")
    )
    name: str
    summary: str
    kind: str = strawberry.field(description="Task type: permission, confirmation, service …")
    agency: str = strawberry.field(description="The competent kind of department, e.g. public_security.")
    target: str = strawberry.field(description="Whom it serves: person, firm or both.")
    life_events: list[str]
    regions: list[str] = strawberry.field(description="GB/T 2260 codes of the places that offer it.")
    region_scope: str = _told(
        lambda item: str(item.region_scope), description="How far from home it may be handed in."
    )
    conditions: str = _told(lambda item: item.conditions, description="Who may apply (受理条件).")
    basis: list[str] = _told(lambda item: list(item.basis), description="The law it rests on.")
    statutory: LimitNode | None = _told(
        lambda item: LimitNode.of(item.statutory) if item.statutory else None,
        description="None when the law sets no limit.",
    )
    promised: LimitNode = _told(lambda item: LimitNode.of(item.promised))
    acceptance: LimitNode = _told(
        lambda item: LimitNode.of(item.acceptance),
        description="Within which papers are accepted or defects told.",
    )
    instant: bool = strawberry.field(description="Done at once (即办件).")
    declared_trips: int = strawberry.field(description="How often the citizen must come in person.")
    trip_reason: str = _told(lambda item: item.trip_reason)
    questions: list[QuestionNode] = _told(lambda item: _each(QuestionNode.of, item.questions))
    materials: list[ItemMaterialNode] = _told(
        lambda item: _each(ItemMaterialNode.of, item.materials), description="Everything it may ask for."
    )
    fields: list[FormFieldNode] = _told(lambda item: _each(FormFieldNode.of, item.fields))
    steps: list[StepNode] = _told(lambda item: _each(StepNode.of, item.steps))
    result: ResultNode = _told(lambda item: ResultNode.of(item.result))
    fees: list[FeeNode] = _told(lambda item: _each(FeeNode.of, item.fees))
    delivery: list[str] = _told(
        lambda item: _each(str, item.delivery), description="electronic, post, window."
    )
    remedy: RemedyNode | None = _told(lambda item: RemedyNode.of(item.remedy) if item.remedy else None)
    consult_phone: str = _told(lambda item: item.consult_phone)
    complaint_phone: str = _told(lambda item: item.complaint_phone)
    faq: list[FaqNode] = _told(lambda item: _each(FaqNode.of, item.faq))
    sample: bool = strawberry.field(description="A demonstration text, no basis for real applications.")
    published_at: datetime = strawberry.field(metadata=from_sql("{version}.published_at"))
    text: strawberry.Private[CompiledItem | None] = None  # None: read when somebody asks for what it says

    @classmethod
    def of(cls, offer: Offer, text: CompiledItem | None = None) -> Self:
        """Wrap an offer, with the text of its version where that is at hand."""
        return cls(
            id=offer.current_id, code=offer.code, number=offer.number, name=offer.name, summary=offer.summary,
            kind=offer.kind, agency=offer.agency, target=offer.target, life_events=offer.life_events,
            regions=offer.regions, instant=offer.instant, declared_trips=offer.declared_trips,
            sample=offer.sample, published_at=offer.published_at, text=text,
        )  # fmt: skip

    topic: TopicNode | None = linked(
        TOPICS,
        by="first_life_event",
        wrap=TopicNode.of,
        on="{r}.code = {t}.life_events[1]",
        key="code",
        description="The topic it is shown under: its first life event; none when it has none.",
    )

    @property
    def first_life_event(self) -> str | None:
        """The code of its topic."""
        return self.life_events[0] if self.life_events else None

"""Before submission: what is needed, and the draft that is filled in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from banshi.errors import InvalidInput
from identity import minors, regions
from identity.actor import Actor
from identity.capacity import Capacity
from identity.errors import PlaintextNeeded
from identity.relation_errors import OutsideMandate
from identity.roles import Role
from miniapps.cases import queries, rules
from miniapps.cases.errors import (
    BeneficiaryRefused,
    CaseNotFound,
    ItemNotOffered,
    NotApplicant,
    NotForThisParty,
)
from miniapps.cases.rules import Choice, Content, Standing, Verb
from miniapps.cases.service import _content, _keys, _life
from miniapps.cases.tables import Case
from miniapps.items import queries as item_queries
from miniapps.items.rules import (
    Answer,
    CompiledItem,
    Delivery,
    Material,
    Needed,
    Problem,
    asked,
    check_form,
    needed,
)
from miniapps.items.tables import ItemVersion
from miniapps.materials import queries as material_queries
from miniapps.materials.rules import Holding
from storage.clock import local_date
from storage.db import transaction
from storage.ids import new_id

APPLICANT_IS_NAMED = "《中华人民共和国行政许可法》第三十一条（申请人如实提交材料）"


@dataclass(frozen=True)
class Preparation:
    """What an application needs under the answers given, and how each material can be satisfied."""

    item: CompiledItem
    version_id: UUID
    standings: tuple[Standing, ...]
    maybe: tuple[Material, ...]  # needed or not: the open questions decide
    unknown: tuple[str, ...]  # ids of the questions that would settle what is needed
    problems: tuple[Problem, ...]  # what to mend in answers and form
    bar: str | None  # why promises are not taken, if they are not
    asked: tuple[str, ...]  # ids of the form fields that the answers ask for

    @property
    def uploads(self) -> int:
        """How many required materials still need something from the applicant."""
        return sum(standing.required and not standing.settled for standing in self.standings)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An application about to be opened."""

    code: str  # 12-digit catalogue code
    region: str | None = None  # where it is to be handled; None: where the actor lives
    beneficiary_id: UUID | None = None
    delivery: Delivery | None = None  # None: the item's first
    content: Content = field(default_factory=Content)


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A change to a draft; what is None stays as it is."""

    answers: dict[str, Answer] | None = None
    form: dict[str, Answer] | None = None
    choices: dict[str, Choice] | None = None
    region: str | None = None
    delivery: Delivery | None = None


async def prepare(
    actor: Actor,
    code: str,
    answers: Mapping[str, Answer],
    *,
    now: datetime,
    form: Mapping[str, Answer] | None = None,
) -> Preparation:
    """Say which materials an application for an item needs, and how each one stands.

    Four statements, however many materials.
    Raises: ItemNotFound, OutsideMandate.
    """
    check_mandate(actor, code)
    version = await item_queries.published(code)
    item = item_queries.compiled(version)
    return await prepare_item(actor, item, version.id, Content(dict(answers), dict(form or {})), now=now)


async def prepare_item(
    actor: Actor,
    item: CompiledItem,
    version_id: UUID,
    content: Content,
    *,
    now: datetime,
    party_id: UUID | None = None,
    extra: Mapping[str, Holding] | None = None,
) -> Preparation:
    """`prepare` for a compiled item.

    `party_id` when it is somebody else's matter, `extra` what was shown there.
    """
    party_id = party_id or actor.acting_for
    found = needed(item, content.answers)
    held = await material_queries.holdings(actor, party_id, kinds_of(found), on=local_date(now))
    bar = await queries.commitment_bar(party_id)
    return prepared(item, version_id, content, found, {**held, **(extra or {})}, bar)


def kinds_of(found: Needed) -> list[str]:
    """Return the kinds of holdings that may satisfy what is needed."""
    return [kind for material in found.materials for kind in material.kinds]


def prepared(
    item: CompiledItem,
    version_id: UUID,
    content: Content,
    found: Needed,
    held: Mapping[str, Holding],
    bar: str | None,
) -> Preparation:
    """Return the preparation of what is needed, `found`, from what is held."""
    return Preparation(
        item=item,
        version_id=version_id,
        standings=rules.standings(found.materials, held, barred=bar is not None),
        maybe=found.maybe,
        unknown=found.unknown,
        problems=tuple(check_form(item, content.answers, content.form)),
        bar=bar,
        asked=tuple(field.id for field in asked(item, content.answers)),
    )


async def open_draft(actor: Actor, draft: Draft, *, idempotency_key: str, now: datetime) -> Case:
    """Begin an application.  The same key again answers the same draft.

    Raises: ItemNotFound, ItemNotOffered, NotForThisParty, BeneficiaryRefused, KeyReused, InvalidInput,
        OutsideMandate; PlaintextNeeded for a pseudonym; GuardianHandsIn for a child under eight.
    """
    if actor.is_a(Role.CLERK):
        raise NotApplicant(verb=Verb.EDIT)
    if actor.is_pseudonym:
        raise PlaintextNeeded(basis=APPLICANT_IS_NAMED)
    if draft.beneficiary_id not in (None, actor.acting_for):
        raise BeneficiaryRefused()
    check_mandate(actor, draft.code)
    await minors.need(actor, Capacity.LIMITED, now=now)
    async with transaction():
        case = new_case(actor, actor.acting_for, await item_queries.published(draft.code), draft, now=now)
        known = await _keys.claim(actor, case, idempotency_key, "open", draft_digest(draft), now=now)
        if known is not None:
            return await queries.get(actor, known)
        case.content = await _content.seal(case, draft.content)
        await Case.insert(case)
    return case


def new_case(actor: Actor, party_id: UUID, version: ItemVersion, draft: Draft, *, now: datetime) -> Case:
    """Return an unsaved draft of `version`.

    Raises: ItemNotOffered, NotForThisParty, InvalidInput.
    """
    item = item_queries.compiled(version)
    check_target(item, is_person=not actor.is_a(Role.CITIZEN) or actor.is_for_person)
    return Case(
        id=new_id(), party_id=party_id, applicant_id=actor.person_id, beneficiary_id=draft.beneficiary_id,
        app_id=actor.app_id, item_version=version.id, code=item.code, title=item.name,
        region=check_region(item, draft.region or actor.region), opened_at=now,
        delivery=draft.delivery or item.delivery[0],
    )  # fmt: skip


def check_mandate(actor: Actor, code: str) -> None:
    """Check that the actor's mandate, if he acts by one, is for this item.

    Raises: OutsideMandate.
    """
    if not actor.covers(code):
        raise OutsideMandate(item=code)


def check_region(item: CompiledItem, region: str) -> str:
    """Return `region` when the item is offered there.

    Raises: InvalidInput when it is no division we know; ItemNotOffered.
    """
    if region not in regions.shipped():
        raise InvalidInput(field="region", problem="give a GB/T 2260 code of the province, e.g. 330106")
    if not set(regions.chain(region)) & set(item.regions):
        raise ItemNotOffered(code=item.code, region=region)
    return region[:6]


def check_target(item: CompiledItem, *, is_person: bool) -> None:
    """Check that the item serves the kind of party that applies (服务对象).

    Raises: NotForThisParty.
    """
    if not rules.serves(item, is_person=is_person):
        raise NotForThisParty(code=item.code, target=item.target)


async def edit_draft(actor: Actor, case_id: UUID, edit: Edit, *, now: datetime) -> Case:
    """Change a draft (autosave): the last word counts.  It need not be complete.

    Raises: CaseNotFound, MoveRefused, ItemNotOffered, InvalidInput.
    """
    async with transaction():
        case = await _life.begin(actor, case_id, Verb.EDIT, now=now)
        old = await _content.open_(case)
        new = Content(
            answers=old.answers if edit.answers is None else edit.answers,
            form=old.form if edit.form is None else edit.form,
            choices=old.choices if edit.choices is None else edit.choices,
        )
        case.content = await _content.seal(case, new)
        if edit.region is not None:
            item = item_queries.compiled(await item_queries.version(case.item_version))
            case.region = check_region(item, edit.region)
        case.delivery = edit.delivery or case.delivery
        await case.save([Case.content, Case.region, Case.delivery])
    return case


async def discard_draft(actor: Actor, case_id: UUID, *, now: datetime) -> None:
    """Delete a draft for good: nobody has received it, so nothing has to be kept.  Twice is once.

    Raises: CaseNotFound, MoveRefused.
    """
    async with transaction():
        try:
            case = await _life.begin(actor, case_id, Verb.DISCARD, now=now)
        except CaseNotFound:
            if await queries.was_discarded(actor, case_id):
                return
            raise
        await Case.delete().where(Case.id == case.id)


def draft_digest(draft: Draft) -> object:
    """Return what makes two openings the same command."""
    return [draft.code, draft.region, draft.beneficiary_id, draft.delivery, draft.content]

"""Reading visits and verdicts.  Whoever may see a case may see its trips; `cases.queries` decides that."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from piccolo.columns.combination import WhereRaw

from identity import keys
from identity.actor import Actor
from identity.keys import Retention
from identity.visibility import Same, Visibility
from miniapps.cases import queries as cases
from miniapps.cases.rules import Way
from miniapps.cases.tables import Case, CaseMaterial
from miniapps.items import queries as items
from miniapps.items.rules import Delivery
from miniapps.trips.rules import AnswerFact, CaseFacts, Cause, MaterialFact, VisitFact
from miniapps.trips.tables import TripAnswer, TripVerdict, VerdictReason, Visit
from storage import seal
from storage.paging import Page
from storage.paging import page as page_of

OF_PARTY: Visibility = ((Same(TripVerdict.party_id, "acting_for"),),)
"""A party's verdicts; staff come to them through a case alone."""


@dataclass(frozen=True)
class SeenVisit:
    """A visit with its place opened."""

    row: Visit
    place: str

    @property
    def id(self) -> UUID:
        """The row's id, which pages go by."""
        return self.row.id


async def visits_of(
    actor: Actor, case_id: UUID, *, first: int = 20, after: UUID | None = None
) -> Page[SeenVisit]:
    """Return the visits of a case, newest record first.

    Raises: CaseNotFound when the case is not for this actor.
    """
    case = await cases.get(actor, case_id)
    mine = Visit.objects().where(Visit.party_id == case.party_id, Visit.case_id == case.id)
    page = await page_of(mine, Visit.id, first=first, after=after)
    if not page.rows:
        return Page(rows=[], more=False)
    key = await keys.data_key(case.party_id, Retention.ARCHIVE)
    return Page(rows=[SeenVisit(row, _open(row, key)) for row in page.rows], more=page.more)


async def seen(row: Visit) -> SeenVisit:
    """Return a visit the caller holds with its place opened."""
    return SeenVisit(row, _open(row, await keys.data_key(row.party_id, Retention.ARCHIVE)))


async def verdict_of(actor: Actor, case_id: UUID) -> TripVerdict | None:
    """Return the latest verdict of a case; None while it is not closed.

    Raises: CaseNotFound when the case is not for this actor.
    """
    return await latest(await cases.get(actor, case_id))


async def verdicts_of(
    actor: Actor, case_id: UUID, *, first: int = 20, after: UUID | None = None
) -> Page[TripVerdict]:
    """Return every verdict the case ever had, newest first.

    Raises: CaseNotFound when the case is not for this actor.
    """
    case = await cases.get(actor, case_id)
    mine = TripVerdict.objects().where(TripVerdict.party_id == case.party_id, TripVerdict.case_id == case.id)
    return await page_of(mine, TripVerdict.id, first=first, after=after)


async def reasons_of(verdict: TripVerdict) -> list[VerdictReason]:
    """Return what a verdict that the actor may see rests on, in the order of its rules."""
    return (
        await VerdictReason.objects()
        .where(VerdictReason.party_id == verdict.party_id, VerdictReason.verdict_id == verdict.id)
        .order_by(VerdictReason.rule, VerdictReason.row_id)
    )


async def reasons_by_verdict(
    actor: Actor, keys: Collection[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], list[VerdictReason]]:
    """Return the reasons of verdicts given as (party, verdict), for loaders.

    The caller has them from verdicts that the actor may see.
    """
    rows = (
        await VerdictReason.objects()
        .where(
            WhereRaw("{} = ANY({})", VerdictReason.party_id, [party_id for party_id, _ in keys]),
            WhereRaw("{} = ANY({})", VerdictReason.verdict_id, [verdict_id for _, verdict_id in keys]),
        )
        .order_by(VerdictReason.rule, VerdictReason.row_id)
    )
    found: dict[tuple[UUID, UUID], list[VerdictReason]] = {}
    for row in rows:
        found.setdefault((row.party_id, row.verdict_id), []).append(row)
    return found


async def latest(case: Case) -> TripVerdict | None:
    """Return the latest verdict of a case the caller holds."""
    mine = TripVerdict.objects().where(TripVerdict.party_id == case.party_id, TripVerdict.case_id == case.id)
    return await mine.where(TripVerdict.latest.eq(True)).first()


async def last_told(case: Case) -> TripVerdict | None:
    """Return the verdict that the citizen was last told."""
    mine = TripVerdict.objects().where(TripVerdict.party_id == case.party_id, TripVerdict.case_id == case.id)
    return await mine.where(TripVerdict.told.eq(True)).order_by(TripVerdict.version, ascending=False).first()


async def facts(case: Case) -> CaseFacts:
    """Return what the verdict has to know of a case the caller holds."""
    item = items.compiled(await items.version(case.item_version))
    return CaseFacts(
        case_id=case.id,
        received_at=case.received_at,
        at_counter=case.received_by is not None,
        delivery=Delivery(case.delivery),
        tracked=bool(case.tracking),
        delivered_at=case.delivered_at,
        declared_trips=item.declared_trips,
        materials=tuple(_material(row) for row in await cases.materials_of(case)),
    )


async def visit_facts(case: Case) -> list[VisitFact]:
    """Return every visit of a case as the verdict needs it."""
    rows = await Visit.objects().where(Visit.party_id == case.party_id, Visit.case_id == case.id)
    return [
        VisitFact(id=row.id, cause=Cause(row.cause), visited_at=row.visited_at, door=row.door.hex())
        for row in rows
    ]


async def last_answer(case: Case) -> AnswerFact | None:
    """Return what the citizen last said to a verdict of this case."""
    mine = TripAnswer.objects().where(TripAnswer.party_id == case.party_id, TripAnswer.case_id == case.id)
    row = await mine.order_by(TripAnswer.id, ascending=False).first()
    return None if row is None else AnswerFact(id=row.id, agrees=row.agrees)


def _material(row: CaseMaterial) -> MaterialFact:
    return MaterialFact(
        id=row.id, electronic=row.electronic, first_use=row.way == Way.UPLOAD, handed_at=row.handed_at
    )


def _open(row: Visit, key: bytes) -> str:
    return seal.open_(row.place_words, key, aad=place_aad(row.id)).decode()


def place_aad(visit_id: UUID) -> bytes:
    """Return what binds a sealed place to its row."""
    return f"visit:{visit_id}:place".encode()

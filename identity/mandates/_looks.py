"""Reading mandates, and what their parties are called."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID as Id

from piccolo.query import Objects

from identity import firms, masking, people
from identity.actor import Actor
from identity.mandates._rules import MandateState, state_at
from identity.mandates._tables import IN_FORCE, Mandate
from identity.relation_errors import MandateNotFound
from identity.roles import MandateKind
from identity.visibility import Same, Visibility, where
from storage.db import fetch
from storage.paging import Page
from storage.paging import page as page_of

OF_PRINCIPAL: Visibility = ((Same(Mandate.party_id, "acting_for"),),)
OF_EITHER: Visibility = (*OF_PRINCIPAL, (Same(Mandate.delegate_id, "person_id"),))
ERASED_NAME = "已注销用户"


def visible(actor: Actor) -> Objects[Mandate]:
    """Select what one gave or bears; whoever acts for somebody sees what that party gave."""
    rule = OF_EITHER if actor.delegation_id is None else OF_PRINCIPAL
    return Mandate.objects().where(where(rule, actor))


async def page(actor: Actor, *, first: int, after: Id | None) -> Page[Mandate]:
    """Return the mandates one gave or bears, newest first."""
    return await page_of(visible(actor), Mandate.id, first=first, after=after)


async def by_id(actor: Actor, mandate_id: Id) -> Mandate:
    """Return a mandate that one gave or bears.

    Raises: MandateNotFound.
    """
    found = await visible(actor).where(Mandate.id == mandate_id).first()
    if found is None:
        raise MandateNotFound
    return found


async def held_by(person_id: Id, *, now: datetime) -> list[Mandate]:
    """Return the mandates by which the person may act now, oldest first; they are few."""
    rows = await fetch(f"{IN_FORCE} AND m.delegate_id = $1 AND m.expires_at > $2", person_id, now)
    if not rows:
        return []
    return await Mandate.objects().where(Mandate.id.is_in([row["id"] for row in rows])).order_by(Mandate.id)


async def parties(actor: Actor | None, ids: Iterable[Id]) -> dict[Id, str]:
    """Return what parties are called, as the actor may see it: firms and himself whole, others masked."""
    wanted: Sequence[Id] = list(dict.fromkeys(ids))
    known = await firms.by_ids(wanted)
    found = await people.names(each for each in wanted if each not in known)
    own = actor.person_id if actor is not None and actor.app_id is None else None
    shown = {party_id: _shown(name, whole=party_id == own) for party_id, name in found.items()}
    return shown | {firm_id: firm.name for firm_id, firm in known.items()}


def _shown(name: str | None, *, whole: bool) -> str:
    if name is None:
        return ERASED_NAME
    return name if whole else masking.name(name)


@dataclass(frozen=True)
class Described:
    """A mandate in words, for a notice; names of persons are masked."""

    kind: MandateKind
    state: MandateState
    principal_id: Id
    principal: str
    delegate_id: Id
    delegate: str


async def described(mandate_id: Id, *, now: datetime) -> Described | None:
    """Return a mandate in words; for our own workers."""
    held = await Mandate.objects().where(Mandate.id == mandate_id).first()
    if held is None:
        return None
    called = await parties(None, [held.party_id, held.delegate_id])
    state = state_at(
        MandateState(held.state), proposed_at=held.proposed_at, expires_at=held.expires_at, now=now
    )
    return Described(
        MandateKind(held.kind), state,
        held.party_id, called.get(held.party_id, ERASED_NAME),
        held.delegate_id, called.get(held.delegate_id, ERASED_NAME),
    )  # fmt: skip

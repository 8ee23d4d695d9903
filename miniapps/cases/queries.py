"""Reads of cases.  Every one starts from `visible_to`."""

from collections.abc import Iterable
from uuid import UUID

from piccolo.custom_types import Combinable
from piccolo.querystring import QueryString

from identity.actor import Actor
from identity.roles import Role
from identity.visibility import Holds, Same, Visibility, where
from miniapps.cases.errors import CaseNotFound
from miniapps.cases.tables import Case

OF_PARTY: Visibility = (
    (Holds(Role.CITIZEN), Same(Case.party_id, "acting_for")),
    (Holds(Role.CLERK), Same(Case.department_id, "acting_for")),
    (Holds(Role.CLERK), Same(Case.received_by, "acting_for")),
)
"""A party sees its cases; a clerk those his department decides or received.  A draft has no department."""

OF_APP: Visibility = ((Holds(Role.CITIZEN), Same(Case.party_id, "acting_for"), Same(Case.app_id, "app_id")),)
"""A mini-app on a citizen's behalf sees only the cases that were opened in it."""


def visible_to(actor: Actor) -> Combinable:
    """Return the condition for the cases that `actor` may see."""
    return where(OF_PARTY if actor.app_id is None else OF_APP, actor)


async def get(actor: Actor, case_id: UUID) -> Case:
    """Return a case.

    Raises: CaseNotFound when there is none or it is not for this actor.
    """
    case = await Case.objects().where(visible_to(actor), Case.id == case_id).first()
    if case is None:
        raise CaseNotFound(case_id=case_id)
    return case


async def by_ids(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, Case]:
    """Return the visible cases among `ids`, for loaders."""
    cases = await Case.objects().where(visible_to(actor), QueryString("{} = ANY({})", Case.id, list(ids)))
    return {case.id: case for case in cases}

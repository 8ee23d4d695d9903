"""Acting contexts: as whom and for whom a session acts — oneself, a post, a mandate, or a team.

    "citizen" | a post's id or role | "mandate:<id>" | "team:<id>"

What is chosen is checked again with each request, by the session's own statement: a context that has
ended ends the session.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID as Id

from banshi.scopes import Scope
from identity import assurance, mandates, people, teams
from identity.actor import ONLY_CITIZEN, Actor
from identity.errors import StepUpNeeded
from identity.relation_errors import MandateNotHeld
from identity.roles import SCOPES, MandateKind, Role
from identity.teams import TeamRole
from storage.db import fetch

MANDATE, TEAM = "mandate:", "team:"


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What a session stores of its context; at most one of the ids is there."""

    role: Role
    post_id: Id | None = None
    mandate_id: Id | None = None
    team_id: Id | None = None

    @property
    def is_oneself(self) -> bool:
        """Whether one acts for oneself alone."""
        return self.post_id is None and self.mandate_id is None and self.team_id is None


async def choose(person_id: Id, acting_as: str, *, level: int, now: datetime) -> Chosen:
    """Return the context meant by `acting_as`, when the person may act in it now.

    Raises: PostNotHeld, MandateNotHeld, TeamNotFound, PostsConflict; StepUpNeeded when a sign-in of `level`
        is too weak to act for somebody else.
    """
    if acting_as.startswith(MANDATE):
        return await _by_mandate(person_id, _id(acting_as, MANDATE), level=level, now=now)
    if acting_as.startswith(TEAM):
        member = await teams.membership(person_id, _id(acting_as, TEAM))
        return Chosen(role=Role.DEVELOPER, team_id=member.team)
    post = await people.post_for(person_id, acting_as)
    return Chosen(role=Role(post.role), post_id=post.id) if post else Chosen(role=Role.CITIZEN)


async def _by_mandate(person_id: Id, mandate_id: Id, *, level: int, now: datetime) -> Chosen:
    rows = await fetch(
        f"{mandates.IN_FORCE} AND m.id = $1 AND m.delegate_id = $2 AND m.expires_at > $3",
        mandate_id, person_id, now,
    )  # fmt: skip
    if not rows:
        raise MandateNotHeld
    if level < mandates.LEVEL:
        raise StepUpNeeded(acr_values=assurance.acr_of(mandates.LEVEL), max_age="")
    return Chosen(role=Role.CITIZEN, mandate_id=mandate_id)


def _id(acting_as: str, prefix: str) -> Id:
    """Return the id behind the prefix; what is none is nobody's."""
    try:
        return Id(acting_as.removeprefix(prefix))
    except ValueError:
        return Id(int=0)


COLUMNS = (
    " s.post_id, p.role, p.department, p.region AS post_region, person.region, s.mandate_id,"
    " person.number_kind IS NULL AS is_pseudonym, person.is_minor,"
    " m.party_id AS principal, m.kind AS mandate_kind, m.scopes AS mandate_scopes, m.codes AS mandate_codes,"
    " m.expires_at AS mandate_until, m.region AS principal_region, s.team_id, tm.role AS team_role"
)
"""What `fields` and `until` need, of a statement with `joins`."""


def joins(now: str) -> str:
    """Return the joins of a session `s` and its `person` with the context it acts in."""
    return (
        " LEFT JOIN staff_post p ON p.id = s.post_id AND p.party_id = s.party_id AND p.ended_at IS NULL"
        f" LEFT JOIN LATERAL ({mandates.IN_FORCE} AND m.id = s.mandate_id AND m.delegate_id = s.party_id"
        f" AND m.expires_at > {now} LIMIT 1) m ON true"
        " LEFT JOIN team_member tm ON tm.party_id = s.party_id AND tm.team = s.team_id"
        " AND tm.state = 'active'"
    )


LIVES = (
    " AND (s.post_id IS NULL OR p.id IS NOT NULL) AND (s.team_id IS NULL OR tm.id IS NOT NULL)"
    " AND (s.mandate_id IS NULL OR"
    f" (m.id IS NOT NULL AND least(s.level, person.level) >= {mandates.LEVEL}))"
)
"""That the context the session acts in has not ended."""


def until(row: Mapping[str, Any], end: datetime) -> datetime:
    """Return `end`, or when the mandate acted by runs out, if that is sooner."""
    runs_out: datetime | None = row["mandate_until"]
    return end if runs_out is None else min(end, runs_out)


def fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an Actor that its context decides, and whether he is known by name and of age."""
    return {"is_pseudonym": row["is_pseudonym"], "is_minor": row["is_minor"], **_of_context(row)}


def of_oneself(person_id: Id, region: str, *, is_pseudonym: bool, is_minor: bool) -> dict[str, Any]:
    """Return what `fields` returns for a person who acts for himself."""
    return {
        "is_pseudonym": is_pseudonym, "is_minor": is_minor, "acting_for": person_id, "roles": ONLY_CITIZEN,
        "scopes": SCOPES[Role.CITIZEN], "region": region,
    }  # fmt: skip


def _of_context(row: Mapping[str, Any]) -> dict[str, Any]:
    if row["mandate_id"]:
        return _of_mandate(row)
    if row["team_id"]:
        scopes = SCOPES[Role.DEVELOPER]
        if row["team_role"] == TeamRole.TESTER:
            scopes -= {Scope.APPS_WRITE, Scope.APPS_RELEASE}
        return {
            "acting_for": Id(str(row["team_id"])), "roles": frozenset({Role.DEVELOPER}), "scopes": scopes,
            "region": row["region"],
        }  # fmt: skip
    role = Role(row["role"]) if row["post_id"] else Role.CITIZEN
    return {
        "acting_for": Id(str(row["department"] if row["post_id"] else row["party_id"])),
        "roles": frozenset({role}),
        "scopes": SCOPES[role],
        "region": row["post_region"] or row["region"],
    }


def _of_mandate(row: Mapping[str, Any]) -> dict[str, Any]:
    """The principal's citizen context, no wider than the mandate; what is one's own is always there."""
    given = frozenset(map(Scope, row["mandate_scopes"])) | mandates.ALWAYS
    codes = row["mandate_codes"]
    return {
        "acting_for": Id(str(row["principal"])),
        "roles": frozenset({Role.CITIZEN}),
        "scopes": given & SCOPES[Role.CITIZEN],
        "region": row["principal_region"] or row["region"],
        "delegation_id": Id(str(row["mandate_id"])),
        "mandate_kind": MandateKind(row["mandate_kind"]),
        "codes": None if codes is None else frozenset(codes),
    }


async def may_consent(actor: Actor, *, now: datetime) -> bool:
    """Say whether the actor may agree to the use of personal data: for himself, or as the mandate allows."""
    if actor.delegation_id is None:
        return True
    held = await mandates.Mandate.objects().get(mandates.Mandate.id == actor.delegation_id)
    return held is not None and mandates.may_consent(MandateKind(held.kind), held.consent_until, now=now)

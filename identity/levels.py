"""Real-name levels (实名等级): every rise and every fall of a person, with its evidence."""

from datetime import datetime
from uuid import UUID as Id

from piccolo.columns import UUID, SmallInt, Text, Timestamptz, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from banshi.errors import InvalidInput, ScopeMissing
from banshi.scopes import Scope
from identity import audit
from identity.actor import Actor
from identity.errors import PersonNotFound
from identity.visibility import Same, Visibility, where
from storage.db import DB, execute, fetch, transaction
from storage.ids import new_id
from storage.paging import Page, page

NONE = 0  # before anything was proved
LOWEST = 1
LONGEST_EVIDENCE, LONGEST_REASON = 80, 200  # characters


class LevelRow(Table, db=DB, tablename="person_level"):
    """One change of a person's real-name level.  Rows are only added."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID()  # the person
    at = Timestamptz()
    was = SmallInt()  # 0: nothing was proved before
    became = SmallInt()
    method = Varchar(20)  # how it was proved, e.g. "face"; of a fall "withdrawn"
    evidence_id = Varchar(LONGEST_EVIDENCE)  # the authority's own reference
    reason = Text(null=True, default=None)  # of a fall
    recorded_by = UUID()  # the person himself, or who let the level fall

    person_level_changes = Check("was BETWEEN 0 AND 3 AND became BETWEEN 1 AND 3 AND was <> became")
    person_level_falls_for_a_reason = Check("became > was OR reason <> ''")


OF_PERSON: Visibility = ((Same(LevelRow.party_id, "acting_for"),),)


async def begin(person_id: Id, level: int, *, method: str, evidence_id: str, now: datetime) -> None:
    """Note the level with which a person became known, in the caller's transaction."""
    await _note(person_id, NONE, level, method, evidence_id, None, person_id, now)


async def rise(person_id: Id, level: int, *, method: str, evidence_id: str, now: datetime) -> None:
    """Let a person's level rise to `level`, in the caller's transaction; a higher one stays as it is."""
    was = await _locked(person_id)
    if was is not None and was < level:
        await execute("UPDATE person SET level = $2 WHERE id = $1", person_id, level)
        await _note(person_id, was, level, method, evidence_id, None, person_id, now)


async def lower(
    actor: Actor, person_id: Id, level: int, *, evidence_id: str, reason: str, now: datetime
) -> None:
    """Let a person's level fall to `level`, because the authority withdrew what had proved it.

    His sessions fall with it, at once and for good: a later proof raises him and new sessions, not these.
    Raises:
        ScopeMissing: the actor does not look after people.
        PersonNotFound: there is no such person, or none of a higher level.
        InvalidInput: no level, no evidence or no reason.
    """
    if not actor.may(Scope.PEOPLE_WRITE):
        raise ScopeMissing(scope=Scope.PEOPLE_WRITE)
    _check(level, evidence_id, reason)
    async with transaction():
        was = await _locked(person_id)
        if was is None or was <= level:
            raise PersonNotFound
        await execute("UPDATE person SET level = $2 WHERE id = $1", person_id, level)
        await execute(
            "UPDATE session SET level = $2 WHERE party_id = $1 AND level > $2 AND ended_at IS NULL",
            person_id, level,
        )  # fmt: skip
        await _note(person_id, was, level, "withdrawn", evidence_id, reason, actor.person_id, now)
        await audit.record(
            actor, "person.lower_level", f"person/{person_id}", reason, now=now, party_id=person_id
        )


async def history(actor: Actor, *, first: int, after: Id | None) -> Page[LevelRow]:
    """Return how the level of the party acted for changed, newest first."""
    mine = LevelRow.objects().where(where(OF_PERSON, actor))
    return await page(mine, LevelRow.id, first=first, after=after)


def _check(level: int, evidence_id: str, reason: str) -> None:
    if not LOWEST <= level < 3:
        raise InvalidInput(field="level", problem="等级只能降为 1 或者 2")
    if not 0 < len(evidence_id.strip()) <= LONGEST_EVIDENCE or "\0" in evidence_id:
        raise InvalidInput(field="evidenceId", problem=f"请填写凭据编号，最多 {LONGEST_EVIDENCE} 个字")
    if not 0 < len(reason.strip()) <= LONGEST_REASON or "\0" in reason:
        raise InvalidInput(field="reason", problem=f"请填写原因，最多 {LONGEST_REASON} 个字")


async def _locked(person_id: Id) -> int | None:
    """Return the level of a person, his row locked; None for nobody and for an erased one."""
    rows = await fetch(
        "SELECT level FROM person WHERE id = $1 AND erased_at IS NULL FOR NO KEY UPDATE", person_id
    )
    return int(rows[0]["level"]) if rows else None


async def _note(
    person_id: Id, was: int, became: int, method: str, evidence_id: str, reason: str | None, by: Id,
    now: datetime,
) -> None:  # fmt: skip
    await LevelRow(
        party_id=person_id, at=now, was=was, became=became, method=method, evidence_id=evidence_id,
        reason=reason, recorded_by=by,
    ).save()  # fmt: skip

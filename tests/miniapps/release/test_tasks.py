"""Facts and what answers them, from the first errors to the notice in an inbox."""

from datetime import timedelta

from identity.teams import Member, MemberState, TeamRole
from miniapps.insight import service as counts
from miniapps.insight.service.noting import Buffer, counting_into
from miniapps.notices.tables import Notice
from miniapps.release import queries, service
from miniapps.release.rules.rising import Stage
from miniapps.release.rules.switches import SwitchKind
from miniapps.release.tasks import TASKS
from storage.db import execute
from tests.api.conftest import as_operator
from tests.miniapps.insight.factories import happened
from tests.miniapps.release.factories import (
    APP,
    EVERYONE,
    NEW,
    NOON,
    OLD,
    a_visitor,
    make_versions,
    promote,
    shown,
)
from tests.workers import drain

SOON = NOON + timedelta(seconds=1)


async def a_member(developer):
    """A developer of the team, who looks into an inbox of his own."""
    person = a_visitor().person_id
    await execute("INSERT INTO team (id, name, created_at) VALUES ($1, '组', $2)", developer.acting_for, NOON)
    await Member(
        party_id=person, team=developer.acting_for, role=TeamRole.DEVELOPER, state=MemberState.ACTIVE,
        invited_by=person, invited_at=NOON,
    ).save()  # fmt: skip
    return person


async def told(person) -> list[str]:
    return [row.kind for row in await Notice.objects().where(Notice.party_id == person).order_by(Notice.id)]


async def test_errors_halt_a_release_and_its_makers_read_of_it(db):
    developer = await make_versions()
    person = await a_member(developer)
    await promote(developer, NEW, EVERYONE)
    buffer = Buffer()
    with counting_into(buffer):
        happened(NEW, call=100, call_error=40)
    await counts.flush(buffer, now=SOON)

    await drain(TASKS, SOON)

    assert (await queries.release(developer, APP)).standing.stage == Stage.HALTED
    assert await shown(now=SOON) == OLD
    assert await told(person) == ["app.release_halted"]


async def test_makers_read_that_their_mini_app_was_switched_off_and_why(db):
    developer = await make_versions()
    person = await a_member(developer)

    await service.switch_off(
        as_operator(), SwitchKind.APP, APP, reason="内部理由", notice="暂停使用", now=NOON
    )
    await drain(TASKS, SOON)

    [notice] = await Notice.objects().where(Notice.party_id == person)
    assert notice.kind == "app.switched_off"
    assert "暂停使用" in notice.body
    assert "内部理由" not in notice.body

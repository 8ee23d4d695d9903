"""Operators give a mini-app more or fewer calls; its team reads why, and nobody else says so."""

import asyncio
from datetime import UTC, datetime

import pytest

from banshi.calls import PER_S
from banshi.errors import InvalidInput, ScopeMissing
from identity.audit import AuditRow
from identity.roles import Role
from miniapps.catalog import service as catalog
from miniapps.catalog.errors import AppNotFound
from miniapps.gateway import service
from miniapps.gateway.service._quotas import per_s_of
from tests.api.conftest import an_actor, as_citizen, as_operator
from tests.miniapps.catalog.factories import a_manifest

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
WHY = "人口普查期间"


@pytest.fixture
async def developer(db):
    made = an_actor(Role.DEVELOPER)
    await catalog.submit(made, a_manifest(), now=NOON)
    return made


async def given(per_s: int | None, *, by=None, reason: str = WHY, app_id: str = "rent-app"):
    return await service.set_quota(by or as_operator(), app_id, per_s, reason=reason, now=NOON)


async def acts() -> list[str]:
    rows = await AuditRow.objects().where(AuditRow.act == "quota.set").order_by(AuditRow.id)
    return [row.basis for row in rows]


async def test_a_quota_counts_until_it_is_taken_back_and_each_change_is_in_the_audit(developer):
    assert await per_s_of("rent-app") == PER_S
    assert (await given(None)).per_s == PER_S, "it has as many as any already"

    for _ in range(2):
        await given(5)
    few = await service.quota(developer, "rent-app")
    assert (few.per_s, few.reason, few.set_at) == (5, WHY, NOON)
    assert await per_s_of("rent-app") == 5
    assert await per_s_of("bus-app") == PER_S
    await given(20_000, reason="已经结束")
    back = await given(None, reason="已经结束")

    assert (back.per_s, back.set_at) == (PER_S, None)
    assert await per_s_of("rent-app") == PER_S
    assert await acts() == [f"5: {WHY}", "20000: 已经结束", "as any: 已经结束"]


@pytest.mark.parametrize(
    ("per_s", "reason", "field"),
    [
        (0, WHY, "perS"),
        (-1, WHY, "perS"),
        (20_001, WHY, "perS"),
        (5, " ", "reason"),
        (5, "原" * 301, "reason"),
    ],
)
async def test_what_is_out_of_bounds_or_without_a_reason_is_refused(developer, per_s, reason, field):
    with pytest.raises(InvalidInput) as refused:
        await given(per_s, reason=reason)

    assert refused.value.data["field"] == field
    assert (await per_s_of("rent-app"), await acts()) == (PER_S, [])


async def test_nobody_else_says_how_many_and_others_do_not_see(developer):
    for actor in (developer, as_citizen(), an_actor(Role.DEVELOPER)):
        with pytest.raises(ScopeMissing):
            await given(5, by=actor)
    for actor in (as_citizen(), an_actor(Role.DEVELOPER)):
        with pytest.raises(AppNotFound):
            await service.quota(actor, "rent-app")
    with pytest.raises(AppNotFound):
        await given(5, app_id="no-such-app")


async def test_of_two_operators_at_once_both_are_heard_and_one_is_last(developer):
    await asyncio.gather(*(given(per_s) for per_s in (5, 6, 7)))

    assert await per_s_of("rent-app") in {5, 6, 7}
    assert len(await acts()) == 3

"""What those who make a mini-app read of it, and what nobody else does."""

from datetime import timedelta

import pytest

from banshi.errors import ScopeMissing
from identity.roles import Role
from miniapps.catalog.errors import AppNotFound
from miniapps.insight import queries, service
from miniapps.insight.rules.counting import What
from miniapps.insight.service.noting import Buffer, counting_into
from tests.api.conftest import an_actor, as_citizen, as_operator
from tests.miniapps.catalog.factories import make_released
from tests.miniapps.insight.factories import happened
from tests.miniapps.release.factories import APP, NEW, NOON, OLD

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SINCE, UNTIL = NOON - 30 * DAY, NOON + HOUR


@pytest.fixture
async def developer(db):
    made = an_actor(Role.DEVELOPER)
    await make_released(made, as_operator(), NOON)
    return made


async def happens(
    version: str = OLD, *, at=NOON, app_id: str = APP, ms: float | None = None, **done: int
) -> None:
    buffer = Buffer()
    with counting_into(buffer):
        happened(version, app_id=app_id, ms=ms, **done)
    await service.flush(buffer, now=at)


async def test_use_is_told_by_version(developer):
    await happens(open=10, consent_asked=4, consent_granted=3, call=100, call_error=5, ms=90, at=NOON - HOUR)
    await happens(NEW, open=2)

    new, old = await queries.usage(developer, APP, since=SINCE, until=UNTIL)

    assert (new.version, new.totals.counts[What.OPEN], new.totals.error_share) == (NEW, 2, None)
    assert (old.totals.error_share, old.totals.consent_share) == (0.05, 0.75)
    assert 80 <= old.totals.quantile_ms(0.5) <= 100


async def test_what_has_become_hours_counts_the_same(developer):
    for minute in range(3):
        await happens(call=10, at=NOON - 5 * DAY + minute * MINUTE)
    before = await queries.usage(developer, APP, since=SINCE, until=UNTIL)

    await service.sweep(now=NOON)

    assert await queries.usage(developer, APP, since=SINCE, until=UNTIL) == before


@pytest.mark.parametrize(
    ("since", "began"),
    [(NOON - HOUR, [NOON - 10 * MINUTE, NOON]), (NOON - 2 * DAY, [NOON - HOUR, NOON])],
    ids=["minutes", "hours"],
)
async def test_use_over_time_is_told_as_finely_as_the_time_allows(developer, since, began):
    await happens(open=1, at=NOON - 10 * MINUTE)
    await happens(NEW, open=2)
    await happens(open=1, at=NOON - 100 * DAY)

    points = await queries.points(developer, APP, since=since, until=UNTIL)

    assert [(point.began_at, point.totals.counts[What.OPEN]) for point in points] == [
        (began[0], 1),
        (began[1], 2),
    ]


async def test_days_are_told_over_months(developer):
    for days in (40, 39):
        await happens(open=1, at=NOON - days * DAY)

    points = await queries.points(developer, APP, since=NOON - 90 * DAY, until=UNTIL)

    assert len(points) == 2


async def test_of_what_is_outside_the_time_nothing_is_told(developer):
    await happens(open=1, at=NOON - 2 * HOUR)
    await happens(open=1, at=NOON)

    assert await queries.usage(developer, APP, since=NOON - HOUR, until=NOON) == []


@pytest.mark.parametrize(
    "stranger",
    [as_citizen(), an_actor(Role.DEVELOPER), an_actor(Role.CLERK)],
    ids=["citizen", "other team", "clerk"],
)
async def test_figures_are_nobody_else_s(developer, stranger):
    await happens(call=100, call_error=50)

    for read in (queries.usage, queries.points):
        with pytest.raises(AppNotFound):
            await read(stranger, APP, since=SINCE, until=UNTIL)
    with pytest.raises(AppNotFound):
        await queries.problems(stranger, APP, first=5, after=None)
    assert (await queries.problems(stranger, first=5, after=None)).rows == []
    with pytest.raises(ScopeMissing):
        await queries.health(stranger, now=NOON)


async def test_an_operator_sees_all_problems_and_who_errs_most_first(developer):
    await make_released(an_actor(Role.DEVELOPER), as_operator(), NOON, id="other-app")
    await happens(call=100, call_error=50)
    await happens(call=100, call_error=60, app_id="other-app")
    await happens(open=500, app_id="quiet-app")

    problems = await queries.problems(as_operator(), first=5, after=None)
    health = await queries.health(as_operator(), now=NOON)

    assert [row.app_id for row in problems.rows] == ["other-app", APP]
    assert [app.app_id for app in health] == ["other-app", APP, "quiet-app"]
    assert [row.app_id for row in (await queries.problems(developer, first=5, after=None)).rows] == [APP]

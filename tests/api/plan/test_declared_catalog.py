"""Mini-apps by their plan: the same bytes as by resolvers, and only what is listed or one's own."""

from dataclasses import replace
from typing import Any

from identity.actor import ANONYMOUS
from identity.roles import Role
from storage.db import execute
from tests.api.conftest import NOON, an_actor, as_citizen, as_operator
from tests.api.plan.conftest import Both
from tests.miniapps.catalog.factories import make_released

NODE = "__typename id appId name purpose department operator state stateReason"
APPS = f"""query ($first: Int! = 20, $after: String) {{ miniApps(first: $first, after: $after) {{
  edges {{ node {{ {NODE} }} cursor }} pageInfo {{ hasNextPage endCursor }} }} }}"""
APP = f"query ($app: String!) {{ miniApp(appId: $app) {{ {NODE} }} }}"


async def test_a_citizen_sees_what_is_listed(db: Any, both: Both) -> None:
    developer = an_actor(Role.DEVELOPER)
    for number in range(3):
        await make_released(developer, as_operator(), NOON, id=f"app-{number}")
    await execute("UPDATE mini_app SET state = 'suspended', state_reason = '核查' WHERE app_id = 'app-1'")
    citizen, maker = as_citizen(), replace(as_citizen(), acting_for=developer.acting_for)

    for first in (1, 2, 20):
        plan, ordinary = await both(APPS, citizen, first=first)
        assert plan == ordinary
        assert b"app-1" not in plan
    plan, ordinary = await both(APPS, maker)
    assert plan == ordinary
    assert b"app-1" not in plan, "only who acts as a developer of the team sees what is off the shelf"


async def test_one_mini_app_and_one_that_is_not_shown(db: Any, both: Both) -> None:
    for number in range(2):
        await make_released(an_actor(Role.DEVELOPER), as_operator(), NOON, id=f"app-{number}")
    await execute("UPDATE mini_app SET state = 'suspended' WHERE app_id = 'app-1'")

    plan, ordinary = await both(APP, as_citizen(), app="app-0")
    hidden, refusal = await both(APP, as_citizen(), app="app-1")

    assert plan == ordinary
    assert hidden is None
    assert b'"APP_NOT_FOUND"' in refusal


async def test_visitors_and_operators_go_another_way(db: Any, both: Both) -> None:
    for actor in (ANONYMOUS, as_operator()):
        plan, ordinary = await both(APPS, actor)
        assert plan is None
        assert b'"edges":[]' in ordinary

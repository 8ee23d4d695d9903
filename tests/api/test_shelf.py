"""The shelf over GraphQL: on the fast ways, at this minute, and what is told of whom."""

from datetime import timedelta

import pytest

from api.graphql.documents import listed, named
from api.graphql.paths import Paths
from api.graphql.trusted import Trusted
from identity.roles import Role
from miniapps.items import queries as items
from miniapps.shelf import queries as shelf
from miniapps.shelf import service
from miniapps.shelf.rules import Edit, Placing
from tests.api.conftest import NOON, as_citizen, as_operator
from tests.miniapps.items.factories import make_item
from tests.miniapps.items.test_search import index
from tests.miniapps.shelf.factories import (
    HOUR,
    a_slot,
    a_tester,
    an_actor,
    an_app,
    described,
    laid_out,
    opened,
)

SHELF = """
query ($region: String!, $age: AgeGroup! = ADULT, $event: String, $first: Int! = 20, $after: String) {
  shelf(region: $region, ageGroup: $age) { edition featured { code app { appId } } lifeEvents { name } }
  shelfApps(region: $region, ageGroup: $age, lifeEvent: $event, first: $first, after: $after) {
    edges { node { appId name average rated } } pageInfo { hasNextPage endCursor }
  }
}
"""
FIND = """
query ($search: String!, $region: String!, $first: Int! = 20) {
  findApps(search: $search, region: $region, first: $first) { edges { node { appId } } }
  findItems(search: $search, region: $region, first: $first) { edges { node { name } } }
}
"""
EDIT = "mutation ($edit: ShelfEditInput!, $revision: UUID) { editShelf(edit: $edit, revision: $revision)"
DRAFT = EDIT + " { revision basedOn content overlaps { one other } } }"
PUBLISH = """
mutation ($revision: UUID!) {
  publishShelf(revision: $revision, note: "上线", idempotencyKey: "k") { number restores }
}
"""
HERE = {"region": "330106"}


def nodes(connection):
    return [edge["node"] for edge in connection["edges"]]


@pytest.fixture
async def laid(db):
    await service.seed(now=NOON)
    for number in range(3):
        hosts = {"min_host_version": "3.2"} if number else {}
        await an_app(f"app-{number}", f"第{number}号提取", **hosts)
    await described()
    slots = (a_slot(app_id="app-1"),)
    placings = (Placing("app-2", place=1, life_events=("birth",)),)
    await laid_out(an_actor(Role.OPERATOR), Edit(slots=slots, placings=placings))


def test_the_documents_of_the_shelf_go_no_ordinary_way(schema):
    trusted = Trusted.load(schema.core)
    by_hash = {entry.id: entry.name for entry in listed()}

    assert {named("shelf"), named("find")} <= by_hash.keys()
    for operation in trusted.operations.values():
        if operation.name in ("Shelf", "Find"):
            assert Paths(schema).trust(operation).best == "plan"


async def test_the_shelf_costs_three_statements_however_much_there_is(laid, db, ask):
    await ask(SHELF, **HERE)
    db.clear()

    data = (await ask(SHELF, **HERE))["data"]

    assert len(db) <= 3  # the front, its mini-apps, the list
    assert [each["app"]["appId"] for each in data["shelf"]["featured"]] == ["app-1"]
    assert [each["appId"] for each in nodes(data["shelfApps"])] == ["app-2", "app-0", "app-1"]
    assert nodes(data["shelfApps"])[0] == {
        "appId": "app-2", "name": "第2号提取", "average": None, "rated": 0,
    }  # fmt: skip


async def test_a_slot_is_shown_in_its_minutes(laid, ask):
    for at, shown in ((NOON, 1), (NOON + HOUR - timedelta(seconds=1), 1), (NOON + HOUR, 0)):
        data = (await ask(SHELF, **HERE, now=at))["data"]
        assert len(data["shelf"]["featured"]) == shown, at


async def test_what_is_kept_is_made_anew_in_the_next_minute(laid, db, ask, paths):
    if paths.runner is not None:
        paths.runner.fragments.trust()
    await ask(SHELF, **HERE)
    costs = []
    for seconds in (0, 59, 60, 61):
        db.clear()
        await ask(SHELF, **HERE, now=NOON + timedelta(seconds=seconds))
        costs.append(bool(db))

    assert costs == ([False, False, True, False] if paths.runner else [True] * 4)


@pytest.fixture
def hearing(paths):
    """A process that hears of changes; None where nothing is kept."""
    held = (shelf.SHOWN_IN, items.OFFERED_IN)
    for places in held:
        places.listener().back()
    if paths.runner is not None:
        paths.runner.fragments.trust()
    yield paths.runner
    for places in held:
        places.listener().lost()


async def test_places_without_anything_of_their_own_share_answers(laid, db, ask, hearing):
    whole = [await ask(text, **HERE, **more) for text, more in ((SHELF, {}), (FIND, {"search": "提取"}))]
    for region in ("330106", "330105", "330203", "330000"):
        db.clear()
        asked = [
            await ask(SHELF, region=region),
            await ask(FIND, region=region, search="提取"),
        ]
        assert asked == whole
        assert bool(db) == (hearing is None) or region == HERE["region"]  # the first told where there is what

    await an_app("app-9", "县里提取", regions=["330105"])
    await described()
    for topic in ("shelf_entry", "mini_app"):
        shelf.SHOWN_IN.listener().heard(topic)
        if hearing is not None:
            hearing.fragments.changed(topic)
    seen = {
        region: len(nodes((await ask(SHELF, region=region))["data"]["shelfApps"]))
        for region in ("330105", "330106", "330100", "330105")
    }
    assert seen == {"330105": 4, "330106": 3, "330100": 3}


async def test_a_life_event_gathers_its_mini_apps_and_pages_follow(laid, ask):
    born = (await ask(SHELF, **HERE, event="birth"))["data"]["shelfApps"]
    first = (await ask(SHELF, **HERE, first=2))["data"]["shelfApps"]
    after = first["pageInfo"]["endCursor"]
    rest = (await ask(SHELF, **HERE, first=2, after=after))["data"]["shelfApps"]

    assert [each["appId"] for each in nodes(born)] == ["app-2"]
    assert [each["appId"] for each in nodes(first) + nodes(rest)] == ["app-2", "app-0", "app-1"]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)


HOSTED = """query ($region: String!, $host: String) {
  shelf(region: $region, hostVersion: $host) { featured { app { appId hostNeeded } } }
  shelfApps(region: $region, hostVersion: $host) { edges { node { appId hostNeeded } } }
  findApps(search: "提取", region: $region, hostVersion: $host) { edges { node { appId hostNeeded } } }
}"""


@pytest.mark.parametrize(
    ("host", "needed"),
    [(None, "3.2"), ("3.1.9", "3.2"), ("3.2.0-beta.1", "3.2"), ("3.2", None), ("3.10.0", None)],
)
async def test_the_shelf_marks_what_the_host_is_too_old_for(laid, ask, host, needed):
    data = (await ask(HOSTED, **HERE, host=host))["data"]

    marks = {"app-0": None, "app-1": needed, "app-2": needed}
    for way in ("shelfApps", "findApps"):
        assert {each["appId"]: each["hostNeeded"] for each in nodes(data[way])} == marks
    assert [each["app"] for each in data["shelf"]["featured"]] == [{"appId": "app-1", "hostNeeded": needed}]


async def test_a_host_that_says_nonsense_is_told(laid, ask):
    answer = await ask(HOSTED, **HERE, host="new")
    assert {each["extensions"]["code"] for each in answer["errors"]} == {"INVALID_INPUT"}


async def test_mini_apps_and_items_are_found_together(laid, db, ask):
    await index(await make_item(name="公积金提取"))
    await ask(FIND, **HERE, search="提取")
    db.clear()

    data = (await ask(FIND, **HERE, search="提取"))["data"]

    assert len(db) <= 4  # for each: the words that mean the same, and the search
    assert len(nodes(data["findApps"])) == 3
    assert nodes(data["findItems"]) == [{"name": "公积金提取"}]


async def test_an_operator_drafts_sees_overlaps_and_publishes(laid, ask):
    operator = as_operator()
    slot = {
        "code": "same", "appId": "app-0", "area": "BANNER", "place": 1, "region": "330000",
        "begins": NOON.isoformat(), "ends": (NOON + HOUR).isoformat(), "ages": ["ELDER"],
    }  # fmt: skip

    draft = (await ask(DRAFT, actor=operator, edit={"slots": [slot]}))["data"]["editShelf"]
    elder = (await ask(SHELF, **HERE, age="ELDER"))["data"]["shelf"]
    done = await ask(PUBLISH, actor=operator, revision=draft["revision"])
    later = (await ask(SHELF, **HERE, age="ELDER"))["data"]["shelf"]

    assert draft["overlaps"] == [{"one": "top", "other": "same"}]
    assert '"same"' in draft["content"]
    assert done["data"]["publishShelf"] == {"number": 3, "restores": None}
    assert [each["code"] for each in elder["featured"]] == ["top"]
    assert [each["code"] for each in later["featured"]] == ["same"]
    assert [each["name"] for each in later["lifeEvents"]] == ["就医", "退休", "助残救助", "身后"]


async def test_a_draft_that_does_not_hold_together_is_refused_with_reasons(laid, ask):
    wrong = {"placings": [{"appId": "gone-app"}], "categories": [{"code": "a", "name": "甲"}]}

    (error,) = (await ask(DRAFT, actor=as_operator(), edit=wrong))["errors"]

    assert error["extensions"]["code"] == "SHELF_REFUSED"
    assert len(error["extensions"]["problems"]) == 2


async def test_a_defect_tells_its_team_everything_but_who_reported_it(laid, ask):
    reporter = as_citizen()
    await a_tester(reporter)
    await opened(reporter, "app-0")
    await ask(
        'mutation { reportDefect(report: {appId: "app-0", version: "1.0.0", severity: MINOR,'
        ' title: "错字", steps: "第二行有错字"}, idempotencyKey: "k") { id } }',
        actor=reporter,
    )
    asked = "{ appDefects { edges { node { id title state notes { side state text } duplicates } } } }"

    answer = await ask(asked, actor=as_operator())

    [defect] = nodes(answer["data"]["appDefects"])
    assert defect["notes"] == [{"side": "TESTER", "state": "NEW", "text": ""}]
    assert str(reporter.person_id) not in str(answer)


async def test_a_list_of_defects_costs_the_same_however_long_it_is(laid, db, ask):
    reporter = as_citizen()
    await a_tester(reporter)
    text = "{ appDefects(first: 50) { edges { node { id notes { text } duplicates } } } }"
    costs = []
    for count in (1, 4):
        for number in range(count):
            await ask(
                'mutation ($key: String!) { reportDefect(report: {appId: "app-0", version: "1.0.0",'
                ' severity: MINOR, title: "错字", steps: "第二行有错字"}, idempotencyKey: $key) { id } }',
                actor=reporter,
                key=f"{count}-{number}",
            )
        operator = as_operator()
        await ask(text, actor=operator)
        db.clear()
        await ask(text, actor=operator)
        costs.append(len(db))
    assert costs[0] == costs[1]

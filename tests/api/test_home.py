"""What a home screen asks: the catalogue of a region, topics, recent cases and their items."""

from banshi.scopes import Scope
from miniapps.items import service
from storage.db import fetch
from tests.api.conftest import NOON, as_citizen, as_operator
from tests.miniapps.cases.factories import CODE, a_citizen, a_submitted_case, a_town
from tests.miniapps.items.factories import make_item

CATALOG = """
query ($region: String!, $target: Audience!, $elder: Boolean! = false) {
  catalog(region: $region, target: $target, elder: $elder, first: 20) {
    code name summary kind agency instant declaredTrips sample topic { code name }
  }
}
"""
RECENT = """
query ($first: Int! = 5) {
  recentCases(first: $first) { id number state title openedAt outcome item { code name summary } }
}
"""
TOLD = """
query ($code: String!, $region: String!) {
  item(code: $code) { conditions regionScope promised { count } questions { id } materials { kind } }
  catalog(region: $region, target: PERSON) {
    code conditions regionScope promised { count } questions { id } materials { kind }
  }
}
"""
WITHDRAW = "mutation ($code: String!) { withdrawItem(code: $code) { state } }"
HERE = {"region": "330106", "target": "PERSON"}


async def test_a_visitor_looks_through_the_shipped_catalogue_with_two_statements(db, ask):
    await service.seed(now=NOON)
    await ask(CATALOG, **HERE)  # new connections look types up once
    db.clear()

    answer = await ask(CATALOG, **HERE)

    assert len(db) <= 2  # items, topics; a plan asks elsewhere
    assert not any("compiled" in statement for statement in db)
    found = {item["code"]: item for item in answer["data"]["catalog"]}
    assert list(found) == sorted(found)
    assert len(found) == len(list(service.SHIPPED.glob("*.yaml")))
    assert found["330700101000"] | {"summary": ""} == {
        "code": "330700101000", "name": "居住证申领", "summary": "", "kind": "confirmation",
        "agency": "public_security", "instant": False, "declaredTrips": 0, "sample": True,
        "topic": {"code": "moving", "name": "迁居"},
    }  # fmt: skip
    assert all(item["summary"] for item in found.values())


async def test_firms_and_the_old_have_catalogues_of_their_own(db, ask):
    await service.seed(now=NOON)

    firms = await ask(CATALOG, region="330106", target="FIRM")
    old = await ask(CATALOG, **HERE, elder=True)

    assert [item["name"] for item in firms["data"]["catalog"]] == ["食品经营许可（新办）"]
    assert {item["topic"]["name"] for item in old["data"]["catalog"]} == {"社保", "助残", "养老"}


async def test_an_item_without_a_life_event_stands_under_no_topic(db, ask):
    await make_item()

    answer = await ask(CATALOG, **HERE)

    assert [item["topic"] for item in answer["data"]["catalog"]] == [None]


async def test_what_the_texts_say_is_read_at_once_for_a_whole_list(db, ask):
    await service.seed(now=NOON)
    await ask(TOLD, code="330700101000", region="330106")
    db.clear()

    data = (await ask(TOLD, code="330700101000", region="330106"))["data"]

    assert len(db) <= 3  # the item with its text, the list, the texts of the list
    [same] = [item for item in data["catalog"] if item.pop("code") == "330700101000"]
    assert same == data["item"]


async def test_a_citizen_sees_his_newest_cases_and_their_items(db, ask):
    await a_town()
    citizen = a_citizen()
    cases = [await a_submitted_case(citizen) for _ in range(3)]
    await a_submitted_case(a_citizen())
    await ask(RECENT, actor=citizen)
    db.clear()

    answer = await ask(RECENT, actor=citizen, first=2)

    assert len(db) <= 3  # cases, audit row, items
    recent = answer["data"]["recentCases"]
    assert [row["id"] for row in recent] == [str(case.id) for case in reversed(cases[1:])]
    assert recent[0]["number"] == cases[2].number
    assert recent[0]["item"] == {"code": CODE, "name": "租房提取核准", "summary": ""}


async def test_the_item_of_a_case_is_the_one_offered_now_and_none_once_withdrawn(db, ask):
    await service.seed(now=NOON)
    await a_town()
    citizen = a_citizen()
    await a_submitted_case(citizen)

    await ask(WITHDRAW, actor=as_operator(), code=CODE)
    answer = await ask(RECENT, actor=citizen)

    [case] = answer["data"]["recentCases"]
    assert (case["title"], case["item"]) == ("租房提取核准", None)


async def test_a_look_at_recent_cases_is_recorded_as_one_at_the_list(db, ask):
    await a_town()
    citizen = a_citizen()
    await a_submitted_case(citizen)
    looks = "SELECT act, object FROM audit_row WHERE act = 'case.list.read'"

    await ask(RECENT, actor=citizen)
    recent = await fetch(looks)
    await ask("{ cases { edges { node { id } } } }", actor=citizen)

    assert len(recent) == 1
    assert await fetch(looks) == recent * 2


async def test_a_mini_app_sees_recent_cases_of_its_own_only(db, ask):
    await a_town()
    citizen = a_citizen()
    await a_submitted_case(citizen)
    app = a_citizen(person_id=citizen.person_id, app_id="rent-helper", scopes=frozenset({Scope.CASES_READ}))

    answer = await ask(RECENT, actor=app)

    assert answer["data"]["recentCases"] == []


async def test_recent_cases_are_for_who_is_signed_in(db, ask):
    visitor = await ask(RECENT)
    newcomer = await ask(RECENT, actor=as_citizen())

    assert visitor["errors"][0]["extensions"]["code"] == "NOT_SIGNED_IN"
    assert newcomer["data"]["recentCases"] == []

"""Items over GraphQL: anybody finds and reads, definers define, somebody else publishes."""

from dataclasses import replace

import pytest

from identity.roles import Role
from miniapps.items import queries, service, tasks
from miniapps.items.events import ItemPublished
from tests.api.conftest import NOON, an_actor, as_citizen, as_operator
from tests.miniapps.items.factories import a_text, make_item

ITEM = """
query ($code: String!) {
  item(code: $code) {
    id code number name summary kind agency target lifeEvents regions regionScope conditions basis
    statutory { count unit basis } promised { count unit basis } acceptance { count unit basis }
    instant declaredTrips tripReason
    questions { id text type choices { value label } minimum maximum help }
    materials { kind name source medium required condition minTrust commitment tolerated satisfiedBy copies }
    fields { id label type required condition pattern choices { value label } prefill help }
    steps { name days } result { name kind certificateKind validDays } fees { name fen basis reducible }
    delivery remedy { review litigation } consultPhone complaintPhone faq { question answer } sample
  }
}
"""
LIST = """
query ($search: String, $region: String, $lifeEvent: String, $first: Int, $after: String) {
  items(search: $search, region: $region, lifeEvent: $lifeEvent, first: $first, after: $after) {
    edges { node { code name } } pageInfo { hasNextPage endCursor }
  }
}
"""
NEEDED = """
query ($code: String!, $answers: [Answer!]!) {
  neededMaterials(code: $code, answers: $answers) {
    materials { kind } maybe { kind } unknown situations
  }
}
"""
DEFINE = "mutation ($written: String!) { defineItem(text: $written) { id number state text } }"
PUBLISH = "mutation ($id: UUID!) { publishItem(versionId: $id) { id state publishedAt } }"
WITHDRAW = "mutation ($code: String!) { withdrawItem(code: $code) { state } }"
VERSIONS = "query ($code: String!) { itemVersions(code: $code) { number state } }"

CODE = "332000900000"


def as_definer():
    return an_actor(Role.ITEM_DEFINER)


def code_of(answer):
    return answer["errors"][0]["extensions"]["code"]


async def shipped(name: str) -> str:
    text = (service.SHIPPED / f"{name}.yaml").read_text(encoding="utf-8")
    row = await make_item(text)
    await tasks.index(ItemPublished(party_id=None, item_id=row.item, version_id=row.id, at=NOON), now=NOON)
    return queries.compiled(row).code


async def test_a_visitor_reads_everything_of_an_item_with_one_query(db, ask):
    code = await shipped("residence_permit")
    db.clear()

    answer = await ask(ITEM, code=code)

    assert "errors" not in answer
    item = answer["data"]["item"]
    assert (item["name"], item["agency"], item["sample"]) == ("居住证申领", "public_security", True)
    assert item["statutory"] == {
        "count": 15, "unit": "DAY", "basis": "《居住证暂行条例》第十条：自接到申请材料之日起15日内制作发放",
    }  # fmt: skip
    assert item["materials"][0]["source"] == "identity"
    assert item["result"]["certificateKind"] == "residence_permit"
    assert len(db) == 1


async def test_an_item_that_is_not_offered_is_not_found(db, ask):
    assert code_of(await ask(ITEM, code=CODE)) == "ITEM_NOT_FOUND"


async def test_a_visitor_searches_with_one_query_for_any_number_of_items(db, ask):
    for name in ("residence_permit", "housing_fund_rent", "elder_benefit_card"):
        await shipped(name)
    db.clear()

    answer = await ask(LIST, search="居住", first=10)

    assert answer["data"]["items"]["edges"][0]["node"]["name"] == "居住证申领"
    assert len(db) == 1


async def test_a_list_goes_on_at_its_end_cursor(db, ask):
    for name in ("residence_permit", "housing_fund_rent", "elder_benefit_card"):
        await shipped(name)

    first = (await ask(LIST, first=2))["data"]["items"]
    rest = (await ask(LIST, first=2, after=first["pageInfo"]["endCursor"]))["data"]["items"]

    codes = [edge["node"]["code"] for edge in first["edges"] + rest["edges"]]
    assert codes == ["330700101000", "332000102000", "332000113000"]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)


@pytest.mark.parametrize("asked", [{"first": 0}, {"first": 101}, {"after": "czE="}, {"region": "here"}])
async def test_what_no_list_can_answer_is_refused(db, ask, asked):
    assert code_of(await ask(LIST, **asked)) == "INVALID_INPUT"


async def test_needed_materials_follow_the_answers(db, ask):
    code = await shipped("residence_permit")

    open_ = (await ask(NEEDED, code=code, answers=[]))["data"]["neededMaterials"]
    given = [{"id": "ground", "text": "稳定住所"}, {"id": "housing", "text": "租赁"}]
    settled = (await ask(NEEDED, code=code, answers=given))["data"]["neededMaterials"]

    assert open_["unknown"] == ["ground", "housing"]
    assert [each["kind"] for each in open_["materials"]] == ["id_card", "photo"]
    assert [each["kind"] for each in settled["materials"]] == ["id_card", "photo", "lease_contract"]
    assert (settled["maybe"], settled["unknown"]) == ([], [])
    assert settled["situations"] == ["以租赁住所申领"]


async def test_answers_may_be_numbers_and_yes_or_no(db, ask):
    code = await shipped("elder_benefit_card")

    given = [{"id": "age", "number": 71}, {"id": "household_in_zhejiang", "yes": True}]
    found = (await ask(NEEDED, code=code, answers=given))["data"]["neededMaterials"]

    assert [each["kind"] for each in found["materials"]] == ["id_card", "photo"]
    assert found["situations"] == ["七十周岁以上（免费乘车）"]


@pytest.mark.parametrize(
    "answers",
    [
        [{"id": "age"}],
        [{"id": "age", "number": 1, "yes": True}],
        [{"id": "age", "number": 1}, {"id": "age", "number": 2}],
    ],
)
async def test_an_answer_has_one_value_and_stands_once(db, ask, answers):
    code = await shipped("elder_benefit_card")

    assert code_of(await ask(NEEDED, code=code, answers=answers)) == "INVALID_INPUT"


async def test_a_definer_defines_an_operator_publishes_and_withdraws(db, ask):
    draft = (await ask(DEFINE, actor=as_definer(), written=a_text()))["data"]["defineItem"]
    hidden = await ask(VERSIONS, actor=as_citizen(), code=CODE)
    published = (await ask(PUBLISH, actor=as_operator(), id=draft["id"]))["data"]["publishItem"]
    seen = await ask(VERSIONS, actor=as_citizen(), code=CODE)
    gone = await ask(WITHDRAW, actor=as_operator(), code=CODE)

    assert (draft["number"], draft["state"]) == (1, "draft")
    assert hidden["data"]["itemVersions"] == []
    assert (published["id"], published["state"]) == (draft["id"], "published")
    assert seen["data"]["itemVersions"] == [{"number": 1, "state": "published"}]
    assert gone["data"]["withdrawItem"]["state"] == "withdrawn"


async def test_the_faults_of_a_text_come_back_line_by_line(db, ask):
    answer = await ask(DEFINE, actor=as_definer(), written=a_text(more="部们: 公安\n"))

    assert code_of(answer) == "ITEM_TEXT_INVALID"
    problems = answer["errors"][0]["extensions"]["problems"]
    assert problems == ["text:16:1: error[unknown-key] 不认识的键“部们”；是否想写“部门”？"]


async def test_who_defined_a_version_cannot_publish_it(db, ask):
    definer = as_definer()
    draft = (await ask(DEFINE, actor=definer, written=a_text()))["data"]["defineItem"]

    as_both = replace(as_operator(), person_id=definer.person_id)

    assert code_of(await ask(PUBLISH, actor=as_both, id=draft["id"])) == "ITEM_OWN_PUBLICATION"


@pytest.mark.parametrize(
    ("text", "variables"),
    [(DEFINE, {"written": ""}), (PUBLISH, {"id": "0" * 32}), (WITHDRAW, {"code": CODE})],
)
async def test_citizens_neither_define_nor_publish(db, ask, text, variables):
    assert code_of(await ask(text, actor=as_citizen(), **variables)) == "SCOPE_MISSING"

"""Inboxes over GraphQL."""

from dataclasses import replace

from banshi.scopes import Scope
from storage.ids import new_id
from tests.api.conftest import as_citizen, as_operator
from tests.miniapps.notices.factories import tell

PAGE = """query ($first: Int!, $after: String, $unread: Boolean!) {
  unreadNotices
  notices(first: $first, after: $after, unreadOnly: $unread) {
    edges { node { id kind title body link toldAt readAt } } pageInfo { hasNextPage endCursor } } }"""
READ = "mutation ($id: UUID!) { readNotice(id: $id) { id readAt } }"
READ_ALL = "mutation { readAllNotices }"


async def inbox(ask, actor, *, first=20, after=None, unread=False):
    answer = await ask(PAGE, actor=actor, first=first, after=after, unread=unread)
    return answer["data"]


async def test_a_citizen_pages_through_her_inbox(db, ask):
    citizen = as_citizen()
    for key in "123":
        await tell(citizen.acting_for, key=key, title=key, link="/cases/1")

    first = await inbox(ask, citizen, first=2)
    rest = await inbox(ask, citizen, first=2, after=first["notices"]["pageInfo"]["endCursor"])

    assert first["unreadNotices"] == 3
    assert [edge["node"]["title"] for edge in first["notices"]["edges"]] == ["3", "2"]
    assert [edge["node"]["title"] for edge in rest["notices"]["edges"]] == ["1"]
    assert rest["notices"]["pageInfo"]["hasNextPage"] is False


async def test_a_page_costs_two_statements_with_its_badge(db, ask):
    citizen = as_citizen()
    for key in "123":
        await tell(citizen.acting_for, key=key)
    db.clear()

    await inbox(ask, citizen)

    assert 1 <= len(db) <= 2  # a plan asks for both at once


async def test_reading_one_and_reading_all(db, ask):
    citizen = as_citizen()
    for key in "123":
        await tell(citizen.acting_for, key=key)
    node = (await inbox(ask, citizen, first=1))["notices"]["edges"][0]["node"]

    read = await ask(READ, actor=citizen, id=node["id"])
    unread = await inbox(ask, citizen, unread=True)
    everything = await ask(READ_ALL, actor=citizen)

    assert read["data"]["readNotice"]["readAt"] is not None
    assert len(unread["notices"]["edges"]) == 2
    assert everything["data"] == {"readAllNotices": 0}


async def test_a_strange_notice_is_not_found_and_staff_without_scope_are_refused(db, ask):
    strange = await ask(READ, actor=as_citizen(), id=str(new_id()))
    refused = await ask(READ_ALL, actor=as_operator())

    assert strange["errors"][0]["extensions"]["code"] == "NOTICE_NOT_FOUND"
    assert refused["errors"][0]["extensions"]["code"] == "SCOPE_MISSING"


async def test_a_mini_app_with_consent_sees_only_its_own_notices(db, ask):
    citizen = as_citizen()
    app = replace(citizen, app_id="rent-helper", scopes=frozenset({Scope.NOTICES_READ}))
    await tell(citizen.acting_for, key="1", title="她的")
    await tell(citizen.acting_for, key="2", title="经小程序", app_id="rent-helper")

    seen = await inbox(ask, app)

    assert [edge["node"]["title"] for edge in seen["notices"]["edges"]] == ["经小程序"]

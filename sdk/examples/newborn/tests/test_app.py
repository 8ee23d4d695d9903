"""What the mini-app answers, tried without a network."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from app import app
from conftest import ID, Office, paper

from banshi import events
from banshi.errors import NotSignedIn
from banshi.serving import Citizen
from banshi.testing import CallRefused, Simulator, fake

FAMILY = {"follow": "随母", "marital": "已婚", "collective": False}
CHILD = {
    "child_name": "王小满", "child_sex": "女", "born_on": "2026-11-02", "nation": "汉族",
    "householder": "王芳",    "household_address": "杭州市西湖区示例路 1 号", "phone": "19999000001",
}  # fmt: skip
WHOLE = {"family": FAMILY, "child": CHILD, "key": "one-tap"}
AT = datetime.now(UTC)


def run(platform: Office, work: Callable[[Simulator], Awaitable[Any]], citizen: Citizen | None = None) -> Any:
    async def inside() -> Any:
        async with app.test_client(citizen=citizen or fake.adult(), platform=platform) as client:
            return await work(client)

    return asyncio.run(inside())


def test_the_manifest_says_what_the_program_answers() -> None:
    told = [
        {"name": api.name, "scope": api.scope, "input": api.input, "output": api.output}
        for api in app.manifest.apis
    ]
    assert told == app.catalogue()


def test_papers_that_are_there_are_not_asked_for(platform: Office) -> None:
    platform.materials.append(paper("marriage_certificate", "结婚证", "COMMITMENT", "UPLOAD"))

    told = run(platform, lambda client: client.call("papers", {"family": FAMILY}))

    assert [(each["title"], each["settled"], each["promise"]) for each in told] == [
        ("身份证", True, False), ("户口簿", True, False), ("结婚证", False, True),
    ]  # fmt: skip


def test_an_application_is_handed_in_once(platform: Office) -> None:
    citizen = fake.adult(region="330106")
    first, second = (run(platform, lambda client: client.call("apply", WHOLE), citizen) for _ in range(2))

    assert first == second == {"id": ID, "serial": "330106202611200000019"}
    started = [asked.variables for asked in platform.asked if asked.field == "startCase"]
    assert [each["key"] for each in started] == ["one-tap:start"] * 2
    assert started[0]["draft"]["region"] == "330106"
    assert {"id": "born_on", "text": "2026-11-02"} in started[0]["draft"]["form"]


def test_the_number_is_told_once_and_by_no_more_than_a_message(platform: Office) -> None:
    citizen = fake.adult()
    for _ in range(2):
        run(platform, lambda client: client.call("apply", WHOLE), citizen)
    platform.given_back[citizen.sub] = frozenset({"notices:send"})
    silent = run(platform, lambda client: client.call("apply", {**WHOLE, "key": "another"}), citizen)

    sent = [asked.variables for asked in platform.asked if asked.field == "sendNotice"]
    assert [each["key"] for each in sent] == ["one-tap:told", "one-tap:told", "another:told"]
    assert sent[0]["notice"] == {
        "title": "出生登记申请已提交", "page": "/index.html",
        "body": "办件编号 330106202611200000019。办理结果出来后，可以在“出生登记”里查看。",
    }  # fmt: skip
    assert silent["id"] == ID


def test_a_collective_household_has_no_householder(platform: Office) -> None:
    family = {**FAMILY, "collective": True}
    run(platform, lambda client: client.call("apply", {**WHOLE, "family": family}))

    draft = next(asked.variables["draft"] for asked in platform.asked if asked.field == "startCase")
    assert "householder" not in {each["id"] for each in draft["form"]}


def test_what_is_missing_is_told_and_nothing_is_begun(platform: Office) -> None:
    platform.materials += [
        paper("birth_certificate", "出生医学证明"),
        paper("marriage_certificate", "结婚证", "COMMITMENT"),
    ]
    platform.problems = [{"field": "phone", "code": "PATTERN", "text": "手机号码不对"}]

    with pytest.raises(CallRefused, match=r"手机号码不对；还缺“出生医学证明”$") as refused:
        run(platform, lambda client: client.call("apply", {**WHOLE, "promises": ["marriage_certificate"]}))

    assert (refused.value.status, refused.value.code) == (422, "BIRTH_NOT_READY")
    assert [asked.field for asked in platform.asked] == ["preparation"]


def test_a_promise_goes_along(platform: Office) -> None:
    platform.materials.append(paper("marriage_certificate", "结婚证", "COMMITMENT"))
    run(platform, lambda client: client.call("apply", {**WHOLE, "promises": ["marriage_certificate"]}))

    draft = next(asked.variables["draft"] for asked in platform.asked if asked.field == "startCase")
    assert draft["choices"] == [{"kind": "marriage_certificate", "way": "COMMITMENT"}]


def test_what_the_platform_refuses_keeps_its_code(platform: Office) -> None:
    platform.refusal = NotSignedIn()
    with pytest.raises(CallRefused) as refused:
        run(platform, lambda client: client.call("steps", {}))
    assert (refused.value.status, refused.value.code) == (401, "NOT_SIGNED_IN")


def test_a_result_is_remembered_until_he_takes_his_consent_back(platform: Office) -> None:
    citizen = fake.adult()
    run(platform, lambda client: client.call("apply", WHOLE), citizen)
    news = events.CaseDecided(sub=citizen.sub, at=AT, case_id=UUID(ID))
    back = events.ConsentWithdrawn(
        sub=citizen.sub, at=AT, client_id="newborn", withdrawn=["cases:read"], remaining=[]
    )

    async def story(client: Simulator) -> list[bool]:
        seen = [await client.call("steps", {})]
        for event in (news, back):
            await client.deliver(event)
            seen.append(await client.call("steps", {}))
        return [steps[0]["fresh"] for steps in seen]

    assert run(platform, story, citizen) == [False, True, False]


def test_no_scope_is_asked_for_that_no_api_needs() -> None:
    assert {api.scope for api in app.manifest.apis} | {"notices:send"} == set(app.manifest.scopes)

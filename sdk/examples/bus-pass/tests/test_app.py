"""What the service answers, tried without a network."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from app import app, passes, sessions
from conftest import Office
from passes import age, kind_for

from banshi import events
from banshi.serving import Citizen
from banshi.testing import CallRefused, Simulator, fake


def run(work: Callable[[Simulator], Awaitable[Any]], citizen: Citizen | None = None) -> Any:
    async def inside() -> Any:
        async with app.test_client(citizen=citizen or fake.elder()) as client:
            return await work(client)

    return asyncio.run(inside())


def refused(work: Callable[[Simulator], Awaitable[Any]], citizen: Citizen | None = None) -> str:
    with pytest.raises(CallRefused) as caught:
        run(work, citizen)
    return str(caught.value.code)


def test_the_manifest_says_what_the_program_answers() -> None:
    told = [
        {"name": api.name, "scope": api.scope, "input": api.input, "output": api.output}
        for api in app.manifest.apis
    ]
    assert told == app.catalogue()
    assert all(api.mgop == f"mgop.transport.buspass.{api.name}" for api in app.manifest.apis)


def test_a_ticket_signs_in_and_the_review_holds_for_the_year(office: Office) -> None:
    async def work(client: Simulator) -> list[Any]:
        signed = await client.call("login", {"ticket": office.ticket("u1")})
        asked = {"key": signed["key"]}
        told = [await client.call(name, asked) for name in ("card", "review", "review", "card")]
        return [signed["name"], *told]

    name, before, first, again, after = run(work)

    assert name == "*桂英"
    assert (before["kind"], before["reviewed"], before["until"]) == ("free", False, "2026-12-31")
    assert first == again == after == {**before, "reviewed": True, "until": "2027-12-31"}
    assert before["serial"].startswith("330****")


def test_each_has_a_number_of_his_own(office: Office) -> None:
    async def work(client: Simulator) -> list[str]:
        keys = [(await client.call("login", {"ticket": office.ticket(user)}))["key"] for user in ("u2", "u3")]
        return [(await client.call("card", {"key": key}))["serial"] for key in keys]

    assert len(set(run(work))) == 2


def test_a_ticket_is_good_once_and_a_session_for_its_citizen_alone(office: Office) -> None:
    mine = fake.elder()
    ticket = office.ticket("u4")
    signed = run(lambda client: client.call("login", {"ticket": ticket}), mine)

    assert refused(lambda client: client.call("login", {"ticket": ticket}), mine) == "SIGN_IN_AGAIN"
    assert (
        refused(lambda client: client.call("card", {"key": signed["key"]}), fake.adult()) == "SIGN_IN_AGAIN"
    )
    assert refused(lambda client: client.call("card", {"key": "none"}), mine) == "SIGN_IN_AGAIN"


def test_firms_and_a_silent_sign_on_are_told_apart(office: Office) -> None:
    office.user_type = "LEGAL_PERSON"
    ticket = office.ticket("u5")
    assert refused(lambda client: client.call("login", {"ticket": ticket})) == "PERSONS_ONLY"
    office.is_silent = True
    assert refused(lambda client: client.call("login", {"ticket": ticket})) == "SIGN_ON_SILENT"


def test_who_takes_the_consent_back_is_forgotten(office: Office) -> None:
    citizen = fake.elder()

    async def work(client: Simulator) -> str:
        signed = await client.call("login", {"ticket": office.ticket("u6")})
        reviewed = await client.call("review", {"key": signed["key"]})
        assert reviewed["reviewed"]
        back = events.ConsentWithdrawn(
            sub=citizen.sub,
            at=datetime.now(UTC),
            client_id="bus-pass",
            withdrawn=["profile:read"],
            remaining=[],
        )
        await client.deliver(back)
        return str(signed["key"])

    key = run(work, citizen)
    assert key not in sessions
    assert not passes.of("u6", citizen.sub, date(1944, 11, 8), today=date(2026, 11, 23)).reviewed


@pytest.mark.parametrize(
    ("born_on", "kind"),
    [("1956-11-23", "free"), ("1956-11-24", "reduced"), ("1966-11-23", "reduced"), ("1966-11-24", "none")],
)
def test_the_day_of_birth_decides(born_on: str, kind: str, office: Office) -> None:
    today, born = date(2026, 11, 23), date.fromisoformat(born_on)

    assert kind_for(born, today) == kind
    assert age(born, today) in (59, 60, 69, 70)
    assert (kind == "none") == (passes.of(born_on, "s", born, today=today).serial == "")

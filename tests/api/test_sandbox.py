"""Moving the clock: by maintainers, in the sandbox, and nowhere else."""

from datetime import timedelta

import msgspec
import pytest

from storage.clock import system_now


def bearer(token):
    return {"authorization": f"Bearer {token}"}


async def test_a_maintainer_moves_the_clock_and_puts_it_back(client, sign_in):
    headers = bearer(await sign_in("maintainer"))

    moved = await client.post("/sandbox/clock", json={"by_s": 86_400}, headers=headers)
    read = await client.get("/sandbox/clock")
    headers = bearer(await sign_in("maintainer"))
    back = await client.delete("/sandbox/clock", headers=headers)

    ahead = msgspec.convert(moved.json()["now"], type(system_now())) - system_now()
    assert timedelta(hours=23) < ahead <= timedelta(hours=24)
    assert read.json()["now"] > back.json()["now"]


async def test_others_may_not_move_it(client, sign_in):
    visitor = await client.post("/sandbox/clock", json={"by_s": 1})
    citizen = await client.post(
        "/sandbox/clock", json={"by_s": 1}, headers=bearer(await sign_in("wang_fang"))
    )

    assert (visitor.status_code, citizen.status_code) == (401, 403)


@pytest.mark.parametrize("body", [{"by_s": 10**30}, {"by_s": 10**12}, {"by_s": "x"}, {}, {"by": 1}])
async def test_odd_distances_are_refused(client, sign_in, body):
    answer = await client.post("/sandbox/clock", json=body, headers=bearer(await sign_in("maintainer")))

    assert answer.status_code in (400, 422)


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_a_real_clock_is_not_moved(client, sign_in, monkeypatch, method):
    monkeypatch.setattr("storage.clock._mode", "system")
    headers = bearer(await sign_in("maintainer"))

    answer = await client.request(method, "/sandbox/clock", json={"by_s": 1}, headers=headers)

    assert answer.status_code == 403
    assert answer.json()["errors"][0]["extensions"]["code"] == "CLOCK_FIXED"

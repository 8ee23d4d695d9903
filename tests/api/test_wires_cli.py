"""`banshi wires`: an operator switches wires on, rotates secrets and switches off."""

import asyncio

import msgspec
import pytest
from click.testing import CliRunner, Result

from api.cli.wires import wires
from tests.api.test_items_cli import server  # noqa: F401 (a fixture)

TERMS = ("--name", "租房补贴", "--operator", "杭州市住房保障局")
RENT = ("rent-app", "--wire", "ticket", "--service-code", "rentapp")


async def run(*words: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, wires, words)


async def told(*words: str) -> dict:
    done = await run(*words)
    assert done.exit_code == 0, done.output
    return msgspec.json.decode(done.output)


@pytest.mark.usefixtures("server")
async def test_a_wire_is_switched_on_changed_rotated_and_off():
    made = await told("enable", *RENT, *TERMS, "--callback", "https://rent.example.cn/callback")
    changed = await told("enable", *RENT, *TERMS, "--test-users-only", "--caller", "10.1.0.0/16")
    rotated = await told("rotate", *RENT, "--overlap", "2")
    listed = await told("list", "rent-app")
    off = await told("disable", *RENT)
    after = await run("list", "rent-app")

    base = {"client_id": "rent-app", "wire": "ticket", "service_code": "rentapp"}
    assert made == base | {"secret": made["secret"]}
    assert len(made["secret"]) == len(rotated["secret"]) == 32
    assert made["secret"] != rotated["secret"]
    assert changed == off == base
    assert listed == {
        "client_id": "rent-app", "wire": "ticket", "code": "rentapp", "name": "租房补贴",
        "operator": "杭州市住房保障局", "callbacks": [], "callers": ["10.1.0.0/16"], "test_users_only": True,
        "secrets": 2,
    }  # fmt: skip
    assert after.output == ""


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("enable", *RENT, *TERMS, "--callback", "http://rent.example.cn/"), "callback"),
        (("enable", *RENT, *TERMS, "--callback", "https://rent.example.cn/?a=1"), "callback"),
        (("enable", *RENT, *TERMS, "--callback", "https://u@rent.example.cn/"), "callback"),
        (("enable", *RENT, *TERMS, "--caller", "10.1.0.1/16"), "caller"),
        (("enable", "租房", *RENT[1:], *TERMS), "client"),
        (("enable", *RENT, "--name", " ", "--operator", "x"), "name"),
        (("rotate", *RENT), "没有找到"),
        (("disable", *RENT), "没有找到"),
        (("rotate", "rent-app", "--wire", "unified", "--service-code", "1"), "no secret"),
    ],
)
async def test_what_cannot_be_is_said(words, why):
    done = await run(*words)

    assert done.exit_code == 1
    assert why in done.output


@pytest.mark.usefixtures("server")
async def test_codes_and_legal_callbacks_belong_to_one_client():
    legal = ("--wire", "legal", *TERMS, "--callback", "https://rent.example.cn/firm")
    await told("enable", *RENT, *TERMS)
    await told("enable", "rent-app", "--service-code", "project-1", *legal)

    code = await run("enable", "other-app", *RENT[1:], *TERMS)
    callback = await run("enable", "other-app", "--service-code", "project-2", *legal)

    assert [code.exit_code, callback.exit_code] == [1, 1]

"""`banshi wires`: which clients may use the old sign-on wires (docs/old-wires.md)."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

import click
import msgspec

from api.cli.environment import connected
from banshi.errors import DomainError
from identity.actor import WORKER
from identity.wires import clients
from identity.wires.clients import Client, Terms
from identity.wires.tables import Wire
from storage import clock

T = TypeVar("T")

WIRE = click.Choice([wire.value for wire in Wire])


@click.group()
def wires() -> None:
    """Switch the old sign-on wires on and off for a client (docs/old-wires.md).

    \b
    Example: banshi wires list rent-app
    """


@wires.command()
@click.argument("client")
@click.option("--wire", required=True, type=WIRE)
@click.option("--service-code", required=True, help="Service code, appId or AK.")
@click.option("--name", required=True, help="How citizens know the client.")
@click.option("--operator", required=True, help="The unit that answers for it.")
@click.option("--callback", "callbacks", multiple=True, help="Where it may be returned to; several.")
@click.option("--caller", "callers", multiple=True, help="Network its servers call from; several.")
@click.option("--test-users-only", is_flag=True, help="Hand out invented persons: before listing.")
def enable(
    client: str,
    wire: str,
    service_code: str,
    name: str,
    operator: str,
    callbacks: tuple[str, ...],
    callers: tuple[str, ...],
    test_users_only: bool,
) -> None:
    """Switch a wire on, or change its terms; prints one JSON object.

    `secret` stands in it only when one was made; nobody can show it again.

    \b
    Example: banshi wires enable rent-app --wire ticket --service-code rentapp
             --name 租房补贴 --operator 杭州市住房保障局 --callback https://rent.example.cn/callback
    """
    terms = Terms(
        client_id=client, wire=Wire(wire), code=service_code, name=name, operator=operator,
        callbacks=callbacks, callers=callers, test_users_only=test_users_only,
    )  # fmt: skip
    secret = _run(_enable(terms))
    _print(_told(client, wire, service_code) | ({"secret": secret} if secret else {}))


async def _enable(terms: Terms) -> str | None:
    async with connected():
        return await clients.enable(WORKER, terms, now=await clock.now())


@wires.command()
@click.argument("client")
@click.option("--wire", required=True, type=WIRE)
@click.option("--service-code", required=True, help="Service code or AK.")
@click.option("--overlap", default=24.0, show_default=True, help="Hours for which the old secret goes on.")
def rotate(client: str, wire: str, service_code: str, overlap: float) -> None:
    """Make a new secret beside the old; prints one JSON object.

    \b
    Example: banshi wires rotate rent-app --wire ticket --service-code rentapp --overlap 2
    """
    secret = _run(_rotate(client, wire, service_code, timedelta(hours=overlap)))
    _print(_told(client, wire, service_code) | {"secret": secret})


async def _rotate(client: str, wire: str, code: str, overlap: timedelta) -> str:
    async with connected():
        return await clients.rotate(WORKER, client, Wire(wire), code, overlap=overlap, now=await clock.now())


@wires.command()
@click.argument("client")
@click.option("--wire", required=True, type=WIRE)
@click.option("--service-code", required=True, help="Service code, appId or AK.")
def disable(client: str, wire: str, service_code: str) -> None:
    """Switch a wire off: from now on its code is as unknown as any other.

    \b
    Example: banshi wires disable rent-app --wire ticket --service-code rentapp
    """
    _run(_disable(client, wire, service_code))
    _print(_told(client, wire, service_code))


async def _disable(client: str, wire: str, code: str) -> None:
    async with connected():
        await clients.disable(WORKER, client, Wire(wire), code, now=await clock.now())


@wires.command(name="list")
@click.argument("client")
def list_(client: str) -> None:
    """Print the wires of a client, one JSON object a line; secrets are only counted.

    \b
    Example: banshi wires list rent-app
    """
    for each in _run(_of(client)):
        shown = msgspec.to_builtins(each, builtin_types=()) | {"secrets": len(each.secrets)}
        _print({name: value for name, value in shown.items() if name != "id"})


async def _of(client: str) -> list[Client]:
    async with connected():
        return await clients.of(client, now=await clock.now())


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except DomainError as error:
        raise click.ClickException(str(error)) from error


def _told(client: str, wire: str, code: str) -> dict[str, Any]:
    return {"client_id": client, "wire": wire, "service_code": code}


def _print(value: dict[str, Any]) -> None:
    click.echo(msgspec.json.encode(value).decode())

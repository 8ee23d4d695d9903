"""`banshi clients`: which relying parties outside our catalogue may ask citizens to sign in through us."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from api.cli.environment import connected
from banshi.errors import DomainError
from identity import clients as clients_
from identity.clients import AuthMethod, Client, Profile
from identity.errors import ClientInvalid, ClientNotFound
from identity.oidc import registration
from identity.oidc.registration import Registration
from miniapps.webhooks import service as webhooks
from storage import clock
from storage.db import transaction

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def clients() -> None:
    """Add, show and switch off clients of the OpenID Provider (docs/oidc.md).

    \b
    Example: banshi clients list
    """


@clients.command()
@click.argument("name")
@click.option("--redirect-uri", "redirect_uris", multiple=True, required=True, help="Exact; may be repeated.")
@click.option(
    "--auth-method", type=click.Choice([each.value for each in AuthMethod]), default=AuthMethod.BASIC.value,
    show_default=True, help="How it proves itself.",
)  # fmt: skip
@click.option("--jwks", type=FILE, help="Its public keys, for private_key_jwt.")
@click.option(
    "--profile", type=click.Choice([each.value for each in Profile]), default=Profile.OIDC.value,
    show_default=True, help="Which rules it is held to.",
)  # fmt: skip
@click.option(
    "--scope", "scopes", multiple=True, help="KEY or KEY=REASON in Chinese; several, or with blanks."
)
@click.option("--post-logout-uri", "post_logout_uris", multiple=True, help="Where to go after signing out.")
@click.option("--backchannel-logout-uri", help="Where to be told that a sign-in has ended.")
@click.option("--webhook-uri", help="Where to be told that a citizen took back what he agreed to.")
@click.option("--operator", default="", help="The unit that answers for it; NAME when left out.")
@click.option("--number-basis", help="The legal basis for idcard.number.")
@click.option("--resource", "resources", multiple=True, help="A resource server it may ask tokens for.")
@click.option("--serves", multiple=True, help="A resource server it is, and may introspect tokens for.")
@click.option("--client-id", help="Instead of a random one.")
def add(**told: Any) -> None:
    """Add a client and print one JSON object: client_id and, once, client_secret and webhook_secret.

    \b
    Example: banshi clients add 公积金助手 --redirect-uri https://rp.example/cb --scope "openid phone"
    """
    found = _run(_add(told))
    click.echo(msgspec.json.encode(found).decode())


async def _add(told: dict[str, Any]) -> dict[str, str]:
    async with connected():
        added = await registration.add(_wanted(told), now=await clock.now())
    secrets = {"client_secret": added.secret, "webhook_secret": added.webhook_secret}
    return {"client_id": added.client_id} | {name: each for name, each in secrets.items() if each is not None}


def _wanted(told: dict[str, Any]) -> Registration:
    return Registration(
        name=told["name"],
        operator=told["operator"] or told["name"],
        redirect_uris=told["redirect_uris"],
        auth_method=AuthMethod(told["auth_method"]),
        profile=Profile(told["profile"]),
        scopes=_scopes(told["scopes"]),
        post_logout_uris=told["post_logout_uris"],
        backchannel_logout_uri=told["backchannel_logout_uri"],
        webhook_uri=told["webhook_uri"],
        jwks=_jwks(told["jwks"]),
        number_basis=told["number_basis"],
        resources=told["resources"],
        serves=told["serves"],
        client_id=told["client_id"],
    )


def _scopes(texts: tuple[str, ...]) -> dict[str, str]:
    """Return the scopes with their reasons; a text with `=` is one scope, else it may hold several."""
    found = {}
    for text in texts:
        scope, equals, reason = text.partition("=")
        found.update({scope.strip(): reason.strip()} if equals else dict.fromkeys(text.split(), ""))
    return found


def _jwks(file: Path | None) -> dict[str, Any] | None:
    if file is None:
        return None
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise ClientInvalid(problem=f"{file} is not JSON: {error}") from error


@clients.command(name="list")
def list_() -> None:
    """List the clients, one line each.

    \b
    Example: banshi clients list
    """
    for client in _run(_all()):
        state = "disabled" if client.disabled_at else "enabled"
        click.echo(
            f"{client.client_id:<24} {client.profile:<6} {client.auth_method:<20} {state:<9}{client.name}"
        )


async def _all() -> list[Client]:
    async with connected():
        return await clients_.list_()


@clients.command()
@click.argument("client_id")
def show(client_id: str) -> None:
    """Show one client as JSON, without secrets.

    \b
    Example: banshi clients show rp_0123456789abcdef
    """
    click.echo(msgspec.json.format(msgspec.json.encode(_run(_one(client_id)))).decode())


async def _one(client_id: str) -> dict[str, Any]:
    async with connected():
        client = await clients_.get(client_id)
        now = await clock.now()
    if client is None:
        raise ClientNotFound
    told = {name: getattr(client, name) for name in Client.__dataclass_fields__ if name != "secrets"}
    return told | {"secrets": _living(client, now=now)}


def _living(client: Client, *, now: datetime) -> int:
    """Return how many secrets of the client are good."""
    return sum(ends_at is None or ends_at > now for _, ends_at in client.secrets)


@clients.command()
@click.argument("client_id")
def disable(client_id: str) -> None:
    """Switch a client off: its tokens die at once.

    \b
    Example: banshi clients disable rp_0123456789abcdef
    """
    _run(_disable(client_id))
    click.echo(f"{client_id} is switched off")


async def _disable(client_id: str) -> None:
    async with connected():
        await clients_.disable(client_id, now=await clock.now())


@clients.command(name="rotate-secret")
@click.argument("client_id")
def rotate_secret(client_id: str) -> None:
    """Give a client one more secret, printed as JSON; the old one is good for seven days more.

    \b
    Example: banshi clients rotate-secret rp_0123456789abcdef
    """
    secret = _run(_rotate(client_id))
    click.echo(msgspec.json.encode({"client_id": client_id, "client_secret": secret}).decode())


async def _rotate(client_id: str) -> str:
    async with connected():
        return await clients_.rotate_secret(client_id, now=await clock.now())


@clients.command()
@click.argument("client_id")
@click.option("--uri", help="Be told there from now on.")
def webhook(client_id: str, uri: str | None) -> None:
    """Tell a client again whose address was turned off, at the same address or at another.

    What waits is sent at once. Prints one JSON object: webhook_uri and, if it had none, webhook_secret.

    \b
    Example: banshi clients webhook rp_0123456789abcdef --uri https://rp.example/news
    """
    click.echo(msgspec.json.encode(_run(_webhook(client_id, uri))).decode())


async def _webhook(client_id: str, uri: str | None) -> dict[str, str]:
    async with connected(), transaction():
        now = await clock.now()
        secret = None if uri is None else await registration.move_webhook(client_id, uri, now=now)
        held = await webhooks.turn_on(client_id, now=now)
    return {"webhook_uri": held.url} | ({} if secret is None else {"webhook_secret": secret})


def _run(work: Any) -> Any:
    """Run one act; a refusal is told in a line."""
    try:
        return asyncio.run(work)
    except DomainError as refusal:
        raise click.ClickException(f"{refusal.code}: {refusal}") from refusal

"""What the platform tells a back end: where to, what came of it, once more."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click

from banshi.cli._account import PLATFORM, TOKEN, token_for
from banshi.cli._asking import ask
from banshi.cli._documents import (
    REGISTER_WEBHOOK,
    REPLAY_DELIVERIES,
    REPLAY_DELIVERY,
    TRY_WEBHOOK,
    WEBHOOKS,
)
from banshi.cli._publish import app_of
from banshi.cli._release import OF_APP
from banshi.cli._serve import ENVIRONMENTS
from banshi.events import EVENTS

WHERE = click.option(
    "--environment", type=click.Choice(list(ENVIRONMENTS)), default="production", show_default=True
)
STATES = ("waiting", "delivered", "dead")


@click.group()
def webhooks() -> None:
    """What the platform tells your back end: the address, every delivery, and sending again.

    Example: miniapp webhooks register https://rent.example/events
    """


@webhooks.command()
@click.argument("url")
@OF_APP
@WHERE
@PLATFORM
@TOKEN
def register(url: str, app_id: str | None, environment: str, platform: str, token: str | None) -> None:
    """Send news to an address from now on; again turns on one that was turned off.

    Example: miniapp webhooks register https://rent.example/events --environment sandbox
    """
    told = ask(
        platform, token_for(platform, token), REGISTER_WEBHOOK, appId=app_of(app_id), address=url,
        environment=ENVIRONMENTS[environment],
    )["registerWebhook"]  # fmt: skip
    click.echo(f"✓ {told['clientId']} is told at {told['url']}")


@webhooks.command("list")
@OF_APP
@click.option("--state", type=click.Choice(STATES), help="Only such deliveries.")
@PLATFORM
@TOKEN
def list_(app_id: str | None, state: str | None, platform: str, token: str | None) -> None:
    """Show the addresses, and the last fifty deliveries: when, which event, its state, its last try.

    Example: miniapp webhooks list --state dead
    """
    told = ask(
        platform, token_for(platform, token), WEBHOOKS, appId=app_of(app_id), state=state and state.upper()
    )
    for address in told["webhookAddresses"]:
        click.echo(place(address))
    for edge in told["webhookDeliveries"]["edges"]:
        click.echo(line(edge["node"]))


def place(address: Mapping[str, Any]) -> str:
    """Return an address as a line."""
    state = f"off: {address['off'].lower()}" if address["off"] else "on"
    counts = f"{address['waiting']} waiting, {address['dead']} dead"
    return f"{address['environment'].lower():<10}  {address['url']}  ({state}; {counts})"


def line(delivery: Mapping[str, Any]) -> str:
    """Return a delivery as a line of columns; the time is UTC."""
    last = delivery["tries"][-1] if delivery["tries"] else None
    said = "not tried yet" if last is None else str(last["status"] or last["problem"])
    at, test = delivery["madeAt"][:19].replace("T", " "), " (test)" if delivery["test"] else ""
    return f"{at}  {delivery['id']}  {delivery['type'] + test:<28} {delivery['state'].lower():<10} {said}"


@webhooks.command()
@click.argument("id", required=False)
@click.option("--since", type=click.DateTime(), help="All that were given up since then (UTC).")
@OF_APP
@WHERE
@PLATFORM
@TOKEN
def replay(
    id: str | None, since: datetime | None, app_id: str | None, environment: str, platform: str,
    token: str | None,
) -> None:  # fmt: skip
    """Send a delivery again, or all that were given up since a time; ids stay the same.

    Example: miniapp webhooks replay --since 2026-11-20
    """
    if (id is None) == (since is None):
        raise click.ClickException("name a delivery, or say --since")
    shown = token_for(platform, token)
    if id is not None:
        told = ask(platform, shown, REPLAY_DELIVERY, id=id)["replayDelivery"]
        click.echo(f"✓ {told['type']} is sent again as {told['messageId']}")
        return
    assert since is not None
    count = ask(
        platform, shown, REPLAY_DELIVERIES, appId=app_of(app_id), environment=ENVIRONMENTS[environment],
        since=f"{since.isoformat()}Z",
    )["replayDeliveries"]  # fmt: skip
    click.echo(f"✓ {count} deliveries are sent again")


@webhooks.command("try")
@click.argument("type", type=click.Choice(list(EVENTS)))
@OF_APP
@WHERE
@PLATFORM
@TOKEN
def try_(type: str, app_id: str | None, environment: str, platform: str, token: str | None) -> None:
    """Send the address one event that is marked as a test and is of nobody.

    Example: miniapp webhooks try case.decided --environment sandbox
    """
    told = ask(
        platform, token_for(platform, token), TRY_WEBHOOK, appId=app_of(app_id), type=type,
        environment=ENVIRONMENTS[environment],
    )["tryWebhook"]  # fmt: skip
    click.echo(f"✓ {told['type']} is on its way as {told['messageId']}: see `miniapp webhooks list`")

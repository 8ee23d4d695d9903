"""`banshi keys`: the keys that id_tokens are signed with."""

import asyncio
from datetime import datetime, timedelta

import click

from api.cli.environment import connected
from identity import signing
from identity.actor import WORKER
from identity.oidc import metadata
from identity.signing import Purpose, SigningKey
from storage import clock


@click.group()
def keys() -> None:
    """Change and list the keys that id_tokens are signed with.

    \b
    Example: banshi keys list
    """


@keys.command()
@click.option("--now", "at_once", is_flag=True, help="Sign with it at once, when the old one got out.")
def rotate(at_once: bool) -> None:
    """Publish the next key, and sign with it ten minutes later; the old one is published for a day more.

    \b
    Example: banshi keys rotate
    """
    lead = timedelta(0) if at_once else metadata.LEAD
    kid = asyncio.run(_rotate(lead))
    minutes = int(lead.total_seconds() // 60)
    click.echo(f"{kid} signs {f'in {minutes} minutes' if minutes else 'from now on'}")


async def _rotate(lead: timedelta) -> str:
    async with connected():
        return await metadata.rotate(WORKER, lead=lead, now=await clock.now())


@keys.command(name="list")
def list_() -> None:
    """List the keys, newest first, with what they do.

    \b
    Example: banshi keys list
    """
    for line in asyncio.run(_lines()):
        click.echo(line)


async def _lines() -> list[str]:
    async with connected():
        now = await clock.now()
        return [
            f"{key.id.hex}  {_standing(key, now)}  since {key.created_at:%Y-%m-%d %H:%M} UTC"
            for key in await signing.list_(Purpose.ID_TOKEN)
        ]


def _standing(key: SigningKey, now: datetime) -> str:
    if key.signs_from is not None and key.signs_from > now:
        return "next     "
    if key.retired_at is None or key.retired_at > now:
        return "signs    "
    return "published" if key.retired_at > now - metadata.PUBLISHED else "retired  "

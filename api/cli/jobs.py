"""`banshi jobs`: what a maintainer does when background work lags or has been given up."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

import click

from api.cli.environment import connected
from banshi.errors import NotFound
from identity import audit
from identity.actor import WORKER
from storage import clock, dead
from storage.db import transaction
from storage.jobs import Figures, figures


@click.group()
def jobs() -> None:
    """Look at background jobs; play dead ones again.

    \b
    Example: banshi jobs lag
    """


@jobs.command()
def lag() -> None:
    """Say what waits, what runs, and how old the oldest unanswered fact is.

    \b
    Example: banshi jobs lag
    """
    standing = asyncio.run(_figures())
    for what in ("unsent", "scheduled", "waiting", "running", "dead"):
        click.echo(f"{what:<10} {getattr(standing, what)}")
    click.echo(f"{'oldest':<10} {standing.lag_s:.1f} s")


@jobs.command(name="dead")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="At most so many.")
def dead_(limit: int) -> None:
    """List the jobs that were given up, newest first, each with its reason.

    \b
    Example: banshi jobs dead --limit 10
    """
    letters = asyncio.run(_letters(limit))
    for letter in letters:
        click.echo(f"{letter['id']}  {_when(letter['died_at'])}  {letter['task']}")
        click.echo(f"    {letter['error']}: {letter['message']}")
    if not letters:
        click.echo("no dead jobs")


@jobs.command()
@click.argument("letter_id", metavar="ID", type=click.UUID)
def show(letter_id: UUID) -> None:
    """Show one dead job with the fact it was to answer: ids and times, no personal data.

    \b
    Example: banshi jobs show 019aa8c2-5d3e-7c11-9a53-0f4c1a2b3c4d
    """
    letter = asyncio.run(_show(letter_id))
    for name, value in letter.items():
        click.echo(f"{name:<10} {_when(value) if isinstance(value, datetime) else value}")


@jobs.command()
@click.argument("letter_id", metavar="[ID]", type=click.UUID, required=False)
@click.option("--all", "all_", is_flag=True, help="Every dead job.")
def replay(letter_id: UUID | None, all_: bool) -> None:
    """Run a dead job again, with all its tries; give an ID, or --all.  Do it after mending the cause.

    \b
    Example: banshi jobs replay 019aa8c2-5d3e-7c11-9a53-0f4c1a2b3c4d
    Example: banshi jobs replay --all
    """
    if (letter_id is None) != all_:
        raise click.UsageError("give either the ID of a dead job (banshi jobs dead) or --all")
    count = asyncio.run(_replay(letter_id))
    click.echo(f"{count} jobs will run again")


def _when(at: datetime) -> str:
    return at.astimezone().isoformat(sep=" ", timespec="seconds")


async def _figures() -> Figures:
    async with connected():
        return await figures()


async def _letters(limit: int) -> list[dict[str, Any]]:
    async with connected():
        return await dead.letters(limit=limit)


async def _show(letter_id: UUID) -> dict[str, Any]:
    async with connected():
        try:
            return await dead.show(letter_id)
        except NotFound as error:
            raise click.ClickException(str(error)) from error


async def _replay(letter_id: UUID | None) -> int:
    async with connected():
        try:
            async with transaction():
                return await _replayed(letter_id, now=await clock.now())
        except NotFound as error:
            raise click.ClickException(str(error)) from error


async def _replayed(letter_id: UUID | None, *, now: datetime) -> int:
    """Replay one dead job or all; whoever holds the machine does the system administrator's work."""
    if letter_id is None:
        count, object = await dead.replay_all(), "jobs/all"
    else:
        await dead.replay(letter_id)
        count, object = 1, f"job/{letter_id}"
    await audit.record(WORKER, "job.replay", object, f"{count} jobs", now=now)
    return count

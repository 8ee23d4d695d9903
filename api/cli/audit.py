"""`banshi audit`: whether the log of who did what is whole, and where it ends."""

import asyncio
import json

import click
import msgspec

from api.cli.environment import connected
from banshi.errors import Unavailable
from identity.chain import check as chain
from identity.chain import heads, links
from identity.chain.faults import Report


@click.group()
def audit() -> None:
    """Verify the log of who did what; show its head.

    \b
    Example: banshi audit verify
    """


@audit.command()
@click.option("--from", "start", type=click.IntRange(1), default=1, help="Begin at this link of the chain.")
@click.option(
    "--all-heads", is_flag=True, help="Read every copy of every signed head, not only the last 500."
)
@click.option("--quiet", is_flag=True, help="Show no progress.")
def verify(start: int, all_heads: bool, quiet: bool) -> None:
    """Compute the whole chain anew and compare it with the signed heads.

    Prints one JSON object; exits 1 when something was tampered with, and 2 when the second place cannot be
    read, so that nothing is proven.

    \b
    Example: banshi audit verify
    Example: banshi audit verify --from 1200000
    """
    try:
        report = asyncio.run(_verify(start, all_heads, quiet))
    except (Unavailable, OSError) as error:
        click.echo(f"the second place cannot be read: {error}", err=True)
        raise SystemExit(2) from None
    click.echo(json.dumps(msgspec.to_builtins(report), ensure_ascii=False, indent=1))
    if not report.clean:
        first = report.faults[0]
        row = f", row {first.row}" if first.row else ""
        click.echo(f"tampered: {first.kind} at link {first.seq}{row}: {first.detail}", err=True)
        raise SystemExit(1)


@audit.command()
def head() -> None:
    """Show where the chain ends, and how far sealing and signing lag, as one JSON object.

    \b
    Example: banshi audit head
    """
    click.echo(json.dumps(asyncio.run(_head()), indent=1))


async def _verify(start: int, all_heads: bool, quiet: bool) -> Report:
    async with connected():
        return await chain.check(
            heads.places(), start=start, every_head=all_heads, progress=None if quiet else _show
        )


def _show(done: int, total: int) -> None:
    click.echo(f"\r{done:,} of {total:,} links", err=True, nl=False)
    if done + 50_000 > total:
        click.echo("", err=True)


async def _head() -> dict[str, object]:
    async with connected():
        end, lag = await links.last(), await heads.standing()
    return {
        "seq": end.seq if end else 0,
        "value": (end.value if end else links.GENESIS).hex(),
        "sealed_at": end.sealed_at.isoformat() if end else None,
        "unsealed_s": lag.unsealed_s,
        "head_age_s": lag.stored_s,
    }

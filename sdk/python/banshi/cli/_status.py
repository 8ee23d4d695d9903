"""How far the versions of a mini-app are, who gets which, and how they do."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from banshi.cli._account import PLATFORM, TOKEN, token_for
from banshi.cli._asking import ask
from banshi.cli._documents import MINI_APP, MINI_APP_FIGURES, MINI_APP_RELEASE
from banshi.cli._publish import APP, app_of


@click.command()
@APP
@click.option("--since", type=click.IntRange(1, 1440), default=60, show_default=True, help="Minutes ago.")
@PLATFORM
@TOKEN
def status(app_id: str | None, since: int, platform: str, token: str | None) -> None:
    """Show where each version of a mini-app stands, who gets which, and how they did lately.

    Example: miniapp status rent-withdrawal
    """
    named, shown = app_of(app_id), token_for(platform, token)
    app = ask(platform, shown, MINI_APP, appId=named)["miniApp"]
    click.echo(f"{app['appId']} {app['name']}: {app['state']}")
    for version in app["versions"]:
        click.echo(f"  {version['version']:<10} {version['state']:<10} {version['reason'] or ''}".rstrip())
    click.echo(standing(ask(platform, shown, MINI_APP_RELEASE, appId=named)["miniAppRelease"]))
    began = datetime.now(UTC) - timedelta(minutes=since)
    told = ask(platform, shown, MINI_APP_FIGURES, appId=named, since=began.isoformat())
    click.echo(f"in the last {since} minutes:")
    for line in figures(told) or ["nothing happened"]:
        click.echo(f"  {line}")


def standing(release: Mapping[str, Any]) -> str:
    """Return in one line who gets which version."""
    stable = f"everybody has {release['stable']}" if release["stable"] else "nobody has it yet"
    if not release["candidate"]:
        return stable
    regions = f", all of {', '.join(release['regions'])}" if release["regions"] else ""
    return f"{stable}; {release['candidate']} is on trial: testers, {release['percent']} %{regions}"


def figures(told: Mapping[str, Any]) -> list[str]:
    """Return a line for each version that was used, and for each problem that the platform noticed."""
    return [*map(_used, told["miniAppUsage"]), *_noticed(told["miniAppProblems"])]


def _used(usage: Mapping[str, Any]) -> str:
    counts = usage["counts"]
    took = f", p95 {counts['p95Ms']:.0f} ms" if counts["p95Ms"] is not None else ""
    return (
        f"{usage['version']:<10} {counts['opens']} opens, {counts['calls']} calls, "
        f"{counts['callErrors']} failed, {counts['pageErrors']} page errors, "
        f"{counts['complaints']} complaints{took}"
    )


def _noticed(problems: Mapping[str, Any]) -> Iterator[str]:
    for edge in problems["edges"]:
        one = edge["node"]
        at = one["lastSeenAt"][:19].replace("T", " ")
        about = f"{one['found']} of {one['outOf']}, limit {one['threshold']}, last at {at}"
        yield f"{one['version']:<10} PROBLEM {one['key']}: {about}"

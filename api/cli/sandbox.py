"""`banshi sandbox`: the other people whom a mini-app needs, played from a shell where all is invented."""

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from api.cli.environment import connected
from api.graphql.documents import named
from api.supervisor.folder import read_note
from banshi.client import Platform, PlatformError
from banshi.errors import DomainError
from banshi.manifest import Manifest
from identity.actor import Actor
from identity.sandbox import stand_in
from miniapps.catalog import queries as catalog
from miniapps.catalog.rules import VersionState
from miniapps.catalog.service import agreements
from miniapps.catalog.tables import MiniAppVersion
from miniapps.review import queries as reviews
from miniapps.review import service as review
from miniapps.review.rules import LookState
from miniapps.review.tables import AppReview
from storage import clock

DEPARTMENT, OPERATOR = "manager", "operator"  # personas
LOOK_S, PATIENCE_S = 0.5, 200.0  # the machine has three minutes

Result = TypeVar("Result")


@click.group()
def sandbox() -> None:
    """Play department, operator and citizen for a mini-app, where `banshi run` runs and people are invented.

    \b
    Example: banshi sandbox sign hello-app
    """


@sandbox.command()
@click.argument("app_id")
def sign(app_id: str) -> None:
    """Sign the agreement on a mini-app for its department (主管单位).

    \b
    Example: banshi sandbox sign hello-app
    """
    click.echo(f"✓ {_played(lambda: _sign(app_id))} signed for {app_id}")


@sandbox.command()
@click.argument("app_id")
def approve(app_id: str) -> None:
    """Wait until the machine has looked at the version in review, and approve it as an operator.

    \b
    Example: banshi sandbox approve hello-app
    """
    click.echo(f"✓ {app_id} {_played(lambda: _approve(app_id))} is approved")


@sandbox.command()
@click.argument("app_id")
@click.argument("api")
@click.argument("ask", default="{}")
@click.option("--as", "who", default="wang_fang", show_default=True, help="A citizen of the sandbox.")
def call(app_id: str, api: str, ask: str, who: str) -> None:
    """Open a mini-app as a citizen, agree to all that it asks for, and call one of its APIs.

    \b
    Example: banshi sandbox call hello-app hello '{"name": "小王"}'
    """
    url, scopes = _note()["BANSHI_PUBLIC_URL"], _played(lambda: _scopes(app_id))
    try:
        told = asyncio.run(_call(url, app_id, scopes, who, api, json.loads(ask)))
    except ValueError as error:
        raise click.ClickException(f"{ask} is not JSON: {error}") from None
    except PlatformError as error:
        raise click.ClickException(str(error)) from None
    click.echo(json.dumps(told, ensure_ascii=False))


def _note() -> dict[str, str]:
    """Return the settings of the platform that `banshi run` runs.

    Raises: ClickException where there is none, or people are real.
    """
    folder = Path(os.environ.get("BANSHI_DATA") or ".banshi")
    note = read_note(folder)
    if note is None:
        raise click.ClickException(f"nothing is running in {folder}: start it with scripts/run")
    if note.env.get("BANSHI_MODE", "development") == "production":
        raise click.ClickException("people are real here: nobody is played")
    public_url = (
        note.env.get("BANSHI_PUBLIC_URL") or f"http://127.0.0.1:{note.env.get('BANSHI_PORT', '8000')}"
    )
    return {**note.env, "BANSHI_PUBLIC_URL": public_url}


def _played(work: Callable[[], Awaitable[Result]]) -> Result:
    _note()

    async def run() -> Result:
        async with connected() as settings:
            if settings.production or settings.verifier != "sandbox":
                raise click.ClickException("people are real here: nobody is played")
            return await work()

    try:
        return asyncio.run(run())
    except DomainError as refusal:
        raise click.ClickException(f"{refusal.code}: {refusal}") from None


async def _sign(app_id: str) -> str:
    now = await clock.now()
    app = await catalog.app(await stand_in(OPERATOR, now=now), app_id)
    if app.department_id is None:
        raise click.ClickException(f"the platform knows no department {app.department!r}: mend the manifest")
    actor = await stand_in(DEPARTMENT, acting_for=app.department_id, now=now)
    told = agreements.text(agreements.side_of(actor))
    await agreements.sign(actor, app_id, told.sha256, now=now)
    return str(app.department)


async def _approve(app_id: str) -> str:
    now = await clock.now()
    operator = await stand_in(OPERATOR, now=now)
    app = await catalog.app(operator, app_id)
    versions = (await catalog.versions_of(operator, [app.id]))[app.id]
    version = next((each for each in versions if each.state in ("submitted", "queued")), None)
    if version is None:
        raise click.ClickException(f"no version of {app_id} is in review")
    found = await _looked_at(operator, version)
    await review.claim(operator, found.id, now=await clock.now())
    await review.approve(operator, found.id, now=await clock.now())
    return str(version.version)


async def _looked_at(operator: Actor, version: MiniAppVersion) -> AppReview:
    """Return the review of the version, once the machine has looked at it.

    Raises: ClickException when it was refused, or nothing happens.
    """
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        version = await catalog.version(operator, version.id)
        if version.state == VersionState.REFUSED:
            raise click.ClickException(f"the machine refused it: {version.reason}")
        found = (await reviews.reviews_of(operator, [version.id]))[version.id]
        if version.state == VersionState.QUEUED and found:
            return found[-1]
        look = (await reviews.looks_of(operator, [version.id])).get(version.id)
        if look is not None and look.state == LookState.WAITING:
            raise click.ClickException(f"the machine cannot look yet, and tries again: {look.problem}")
        await asyncio.sleep(LOOK_S)
    raise click.ClickException("nobody has looked at it: does the worker run?")


async def _scopes(app_id: str) -> list[str]:
    """Return all that the newest version asks for."""
    operator = await stand_in(OPERATOR, now=await clock.now())
    app = await catalog.app(operator, app_id)
    newest = (await catalog.versions_of(operator, [app.id]))[app.id][0]
    return sorted(msgspec.json.decode(newest.manifest, type=Manifest).scopes)


async def _call(url: str, app_id: str, scopes: list[str], who: str, api: str, ask: Any) -> Any:
    async with Platform(url) as platform:
        personas = {each["key"]: each for each in await platform.fetch("/sandbox/personas")}
        if who not in personas:
            raise click.ClickException(f"the sandbox has no {who!r}: {url}/sandbox/personas lists them")
        await platform.sign_in(personas[who]["sign_in"])
        opening = {"appId": app_id, "scopes": scopes}
        opened = (await platform.graphql(named("open_mini_app"), opening))["openMiniApp"]
    async with Platform(url, token=opened["token"]) as platform:
        return await platform.post(f"/gw/{app_id}/{api}", ask)

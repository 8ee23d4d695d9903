"""Who the developer is to a platform: a session, kept in a file that only he can read."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from banshi.cli._documents import WHO_AM_I
from banshi.client import Platform, PlatformError

AT_HOME = "http://127.0.0.1:8000"

PLATFORM = click.option(
    "--platform", envvar="MINIAPP_PLATFORM", show_envvar=True, default=AT_HOME, show_default=True,
    help="The platform's address.",
)  # fmt: skip
TOKEN = click.option(
    "--token", envvar="MINIAPP_TOKEN", show_envvar=True,
    help="A developer's session token.  [default: the one of `miniapp login`]",
)  # fmt: skip


class Session(msgspec.Struct):
    """A session at one platform."""

    token: str
    name: str
    expires_at: datetime | None = None


def file() -> Path:
    """Return where sessions are kept."""
    home = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(home).expanduser() / "miniapp" / "sessions.json"


def sessions() -> dict[str, Session]:
    """Return the sessions that are kept, by the platform's address."""
    try:
        return msgspec.json.decode(file().read_bytes(), type=dict[str, Session])
    except (OSError, msgspec.DecodeError):
        return {}


def keep(platform: str, session: Session | None) -> None:
    """Keep a session, or forget it; the file is the owner's alone from its first byte on."""
    held = sessions()
    held.pop(platform.rstrip("/"), None)
    if session is not None:
        held[platform.rstrip("/")] = session
    place = file()
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = place.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(msgspec.json.encode(held))
    fresh.replace(place)


def token_for(platform: str, token: str | None) -> str:
    """Return the token to show to a platform.

    Raises: ClickException when there is none, or it has ended.
    """
    if token:
        return token
    held = sessions().get(platform.rstrip("/"))
    if held is None:
        raise click.ClickException(f"nobody is signed in at {platform}: miniapp login --platform {platform}")
    if held.expires_at is not None and held.expires_at <= datetime.now(UTC):
        raise click.ClickException(
            f"the session at {platform} has ended: miniapp login --platform {platform}"
        )
    return held.token


@click.command()
@PLATFORM
@click.option("--as", "who", metavar="PERSONA", help="In a sandbox: an invented person, `developer` for one.")
@click.option("--team", metavar="ID", help="The team to act for.  [default: the only one he is in]")
@click.option("--token", "pasted", is_flag=True, help="Paste a session token, which is asked for.")
def login(platform: str, who: str | None, team: str | None, pasted: bool) -> None:
    """Sign in at a platform; the session is kept in a file that only you can read.

    Example: miniapp login --as developer
    """
    if pasted == bool(who):
        raise click.ClickException("say --as developer, in a sandbox, or --token to paste one")
    try:
        session = asyncio.run(_pasted(platform) if pasted else _sandbox(platform, str(who), team))
    except PlatformError as error:
        raise click.ClickException(str(error)) from None
    keep(platform, session)
    click.echo(f"✓ signed in at {platform} as {session.name}, kept in {file()}")


@click.command()
@PLATFORM
def logout(platform: str) -> None:
    """End the session at a platform, and forget it.

    Example: miniapp logout
    """
    held = sessions().get(platform.rstrip("/"))
    keep(platform, None)
    if held is None:
        click.echo(f"nobody is signed in at {platform}")
        return
    try:
        asyncio.run(_end(platform, held.token))
    except PlatformError as error:
        raise click.ClickException(f"forgotten here, but {platform} did not hear of it: {error}") from None
    click.echo(f"✓ signed out at {platform}")


async def _end(platform: str, token: str) -> None:
    async with Platform(platform, token=token) as there:
        await there.call("DELETE", "/session")


async def _pasted(platform: str) -> Session:
    token = str(click.prompt("session token", hide_input=True)).strip()
    async with Platform(platform, token=token) as there:
        found = await there.graphql(WHO_AM_I)
    return Session(token=token, name=str(found["viewer"]["name"]))


async def _sandbox(platform: str, who: str, team: str | None) -> Session:
    async with Platform(platform) as there:
        personas: Any = await there.fetch("/sandbox/personas")
        found = next((each for each in personas if each["key"] == who), None)
        if found is None:
            raise click.ClickException(f"the sandbox has no {who!r}: {platform}/sandbox/personas lists them")
        form = {**found["sign_in"], **({"acting_as": f"team:{team}"} if team else {})}
        answer = await there.sign_in(form)
    until = msgspec.convert(answer["expires_at"], datetime)
    return Session(token=str(answer["token"]), name=str(answer["viewer"]["name"]), expires_at=until)

"""Where the running system is: for commands that need its servers."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import click

from api.settings import BadSettings, Settings
from api.supervisor.folder import read_note
from api.supervisor.servers import needed
from api.wiring import wired


def current(env: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings of the system that this shell means.

    In production mode, or with all servers given, they come from the environment; otherwise from the
    note that `banshi run` leaves in the data folder.

    Raises:
        click.ClickException: the settings are wrong, or nothing is running there.
    """
    given = {name: text for name, text in env.items() if text}
    folder = Path(given.get("BANSHI_DATA", ".banshi"))
    note = read_note(folder)
    if note is not None:
        given = note.env
    elif needed(given):
        raise click.ClickException(f"nothing is running in {folder}: start it with scripts/run")
    try:
        return Settings.read(given)
    except BadSettings as error:
        raise click.ClickException(str(error)) from error


@asynccontextmanager
async def connected(env: Mapping[str, str] = os.environ) -> AsyncIterator[Settings]:
    """Connect this command to database, queue, objects and keys of the system it means.

    Raises:
        click.ClickException: as `current` does.
    """
    settings = current(env)
    async with wired(settings):
        yield settings

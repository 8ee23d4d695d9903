"""What a team tells the platform of itself."""

from pathlib import Path

import click

from banshi import package
from banshi.cli._account import PLATFORM, TOKEN, token_for
from banshi.cli._asking import ask
from banshi.cli._documents import ADD_TEAM_KEY


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", help="By which the team knows it.  [default: the file's name]")
@PLATFORM
@TOKEN
def register(file: Path, name: str | None, platform: str, token: str | None) -> None:
    """Let the team's packages be signed by a key; the platform learns its public half.

    Example: miniapp keys register team.pem
    """
    try:
        public = package.public_of(file.read_bytes())
    except ValueError as error:
        raise click.ClickException(f"{file}: {error}") from None
    shown = token_for(platform, token)
    told = ask(platform, shown, ADD_TEAM_KEY, publicKey=public.hex(), name=name or file.stem)["addTeamKey"]
    click.echo(f"✓ packages may be signed by {told['keyId']} ({told['name']})")

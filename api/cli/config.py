"""`banshi config`: the settings."""

import os

import click

from api.cli.environment import current
from api.settings import BadSettings, Settings
from api.supervisor.servers import stand_ins
from api.variables import VARIABLES, Variable


@click.group()
def config() -> None:
    """Check and list the settings.

    \b
    Example: banshi config check
    """


@config.command()
def check() -> None:
    """Read the environment as `banshi run` would; tell every problem at once.

    \b
    Example: BANSHI_MODE=production banshi config check
    """
    env = {name: text for name, text in os.environ.items() if text}
    try:
        settings = Settings.read(stand_ins(env) | env)
    except BadSettings as error:
        raise click.ClickException("\n".join(["", *error.problems])) from error
    click.echo(f"the settings are well ({settings.mode} mode, port {settings.port})")


@config.command("list")
def list_() -> None:
    """Show every setting with its shape, an example and its default.

    \b
    Example: banshi config list
    """
    for variable in VARIABLES:
        click.echo(f"{variable.name}={variable.example}\n    {variable.shape.words}; {_default(variable)}")


@config.command()
def show() -> None:
    """Print the running system's settings as shell assignments, secrets included, for other tools.

    \b
    Example: eval "$(banshi config show)"
    """
    for name, text in current().as_env().items():
        click.echo(f"export {name}='{text}'")


def _default(variable: Variable) -> str:
    if variable.default is None:
        return "must be given in production; embedded servers bring their own"
    words = f"default {variable.default}" if variable.default else "optional"
    if variable.production == "required":
        return f"{words}; must be given in production"
    return f"{words}; in production {variable.production}" if variable.production else words

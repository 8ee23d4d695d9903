"""`banshi`: what the server's people can do from a shell."""

import importlib
from importlib import metadata

import click

TOPICS = {
    # word: (module under api.cli, attribute, what the list of commands says)
    "run": ("run", "run", "Start everything here and keep it running."),
    "status": ("status", "status", "Say what runs and how it is."),
    "config": ("config", "config", "Check and list the settings."),
    "migrate": ("db", "migrate", "Bring the database up to the code."),
    "seed": ("db", "seed", "Store what must be there before the first citizen."),
    "jobs": ("jobs", "jobs", "Look at background jobs; play dead ones again."),
    "audit": ("audit", "audit", "Verify the log of who did what; show its head."),
    "calendar": ("calendar", "calendar", "Load the year's working days."),
    "items": ("items", "items", "Check, publish, compare and show item texts."),
    "clients": ("clients", "clients", "Add and switch off clients of the OpenID Provider."),
    "keys": ("keys", "keys", "Change the keys that id_tokens are signed with."),
    "wires": ("wires", "wires", "Switch the old sign-on wires on and off for a client."),
    "sandbox": ("sandbox", "sandbox", "In a sandbox: play department, operator and citizen for a mini-app."),
    "graphql": ("graphql", "graphql", "Write the GraphQL schema."),
    "verify-demo": (
        "verify",
        "verify_demo",
        "Recompute a demonstration's figures from raw rows and objects.",
    ),
}
"""Every command.  To add one: a file in this folder, and a line here."""


class Topics(click.Group):
    """A group that imports a command when it is called, so that `banshi --help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the words in the order of TOPICS."""
        return list(TOPICS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command; None when there is no such word."""
        if cmd_name not in TOPICS:
            return None
        module, attribute, _ = TOPICS[cmd_name]
        command = getattr(importlib.import_module(f"api.cli.{module}"), attribute)
        assert isinstance(command, click.Command), f"api.cli.{module}.{attribute} is no command"
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing one."""
        with formatter.section("Commands"):
            formatter.write_dl([(word, line) for word, (_, _, line) in TOPICS.items()])


def _version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked:
        try:
            number = metadata.version("banshi-server")
        except metadata.PackageNotFoundError:  # run from its source without being installed
            number = "(uninstalled)"
        click.echo(f"banshi {number}")
        ctx.exit()


@click.command(cls=Topics, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version."
)
def main() -> None:
    """Banshi 办事: the back end of a province's citizen super-app.

    Settings come from variables BANSHI_*: `banshi config list` shows them.

    \b
    Example: banshi run
    """

"""`miniapp`: what a developer of a mini-app types."""

import click

from banshi.cli._account import login, logout
from banshi.cli._dev import dev
from banshi.cli._init import init
from banshi.cli._local import check, keys, pack
from banshi.cli._logs import logs, replay
from banshi.cli._publish import publish, sign
from banshi.cli._release import promote, rollback
from banshi.cli._serve import credentials, serve
from banshi.cli._status import status
from banshi.cli._team import register
from banshi.cli._types import types
from banshi.cli._upstream import schema, upstream
from banshi.cli._webhooks import webhooks


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Make, check and publish mini-apps for a Banshi 办事 platform.

    Example: miniapp check miniapp.yaml
    """


COMMANDS = (
    init, login, logout, dev, check, types, pack, keys, publish, sign, status, credentials, serve, promote,
    rollback, logs, replay, upstream, schema, webhooks,
)  # fmt: skip

keys.add_command(register)
for _command in COMMANDS:
    main.add_command(_command)

"""`miniapp`: what a developer of a mini-app types."""

import click

from banshi.cli._account import login, logout
from banshi.cli._dev import dev
from banshi.cli._init import init
from banshi.cli._local import check, keys, pack
from banshi.cli._remote import publish, status


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Make, check and publish mini-apps for a Banshi 办事 platform.

    Example: miniapp check miniapp.yaml
    """


for _command in (init, login, logout, dev, check, pack, keys, publish, status):
    main.add_command(_command)

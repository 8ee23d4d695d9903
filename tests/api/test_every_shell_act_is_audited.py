"""Whatever the command line changes leaves a row in the audit, or says why it need not."""

from collections.abc import Mapping
from pathlib import Path

import click

from api.cli.main import main
from tests.api.test_cli import commands

ROOT = Path(__file__).parent.parent.parent

ACTS: Mapping[str, tuple[str, str]] = {
    "calendar load": ("miniapps/calendar/service.py", "calendar.load"),
    "clients add": ("identity/clients.py", "client.add"),
    "clients disable": ("identity/clients.py", "client.disable"),
    "clients webhook": ("miniapps/webhooks/service/_addresses.py", "webhook.register"),
    "clients rotate-secret": ("identity/clients.py", "client.rotate_secret"),
    "items publish": ("miniapps/items/service.py", "item.publish"),
    "jobs replay": ("api/cli/jobs.py", "job.replay"),
    "keys rotate": ("identity/oidc/metadata.py", "key.rotate"),
    "sandbox approve": ("miniapps/catalog/service/_review.py", "app.approve"),
    "sandbox call": ("miniapps/gateway/service/_calling.py", "app.call"),
    "sandbox sign": ("miniapps/catalog/service/agreements.py", "agreement.sign"),
    "wires disable": ("identity/wires/clients.py", "wire.disable"),
    "wires enable": ("identity/wires/clients.py", "wire.enable"),
    "wires rotate": ("identity/wires/clients.py", "wire.rotate"),
}
"""Where each act is recorded, and as what; each is the work of one of the three administrators."""

SILENT: Mapping[str, str] = {
    "migrate": "it makes the table of the audit itself",
    "seed": "what must be there before the first citizen, and nothing that is there already is changed",
    "run": "it starts servers",
    "verify-demo": "it plays on servers of its own",
    **dict.fromkeys(("status", "config check", "config list", "config show"), "settings and health"),
    **dict.fromkeys(("jobs dead", "jobs lag", "jobs show"), "ids and times of jobs, of no person"),
    **dict.fromkeys(("audit head", "audit verify"), "where the chain ends, and its first bad row by number"),
    **dict.fromkeys(("calendar show", "items check", "items diff", "items show"), "published"),
    **dict.fromkeys(("clients list", "clients show", "keys list", "wires list"), "of no person, no secrets"),
    **dict.fromkeys(
        tuple(f"graphql {word}" for word in ("check", "documents", "errors", "explain", "export", "paths")),
        "files of the source",
    ),
}
"""What leaves no row, and why it need not."""


def test_every_command_is_an_act_with_its_row_or_declared() -> None:
    found = {" ".join(words) for words, each in commands(main) if not isinstance(each, click.Group)}

    assert found == ACTS.keys() | SILENT.keys()
    assert ACTS.keys().isdisjoint(SILENT)


def test_each_act_is_recorded_where_it_is_said() -> None:
    for file, act in ACTS.values():
        assert f'"{act}"' in (ROOT / file).read_text(), act

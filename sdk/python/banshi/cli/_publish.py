"""Handing versions in."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from banshi import manifest
from banshi.cli._account import PLATFORM, TOKEN, token_for
from banshi.cli._asking import ask, run
from banshi.cli._documents import AGREEMENT_TEXT, SIGN_AGREEMENT, SUBMIT_MINI_APP
from banshi.cli._local import WEB, packed, text_of

ZIP = "application/zip"
KEY = click.option(
    "--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), envvar="MINIAPP_KEY",
    show_envvar=True, help="The private key to sign the package with.",
)  # fmt: skip


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default="miniapp.yaml")
@KEY
@PLATFORM
@TOKEN
def publish(file: Path, key: Path | None, platform: str, token: str | None) -> None:
    """Hand a version in for review: the files in web/, packed and signed.  Twice changes nothing.

    Without web/ it is the manifest alone, for a page that is served elsewhere; production takes none such.
    Example: miniapp publish --key team.pem
    """
    if (file.parent / WEB).is_dir():
        _publish_package(file, key, platform, token)
        return
    text = text_of(file)
    try:
        made = manifest.read(text)
    except manifest.ManifestRefused as refusal:
        for fault in refusal.faults:
            click.echo(fault.show(str(file)))
        raise SystemExit(1) from None
    shown = token_for(platform, token)
    idempotency_key = f"{made.id}:{made.version}"
    _tell(ask(platform, shown, SUBMIT_MINI_APP, manifest=text, key=idempotency_key)["submitMiniApp"])


def _publish_package(file: Path, key: Path | None, platform: str, token: str | None) -> None:
    if key is None:
        raise click.ClickException(
            "a package is signed: name the key with --key, `miniapp keys new` makes one"
        )
    data = packed(file, None, key)
    shown = token_for(platform, token)
    _tell(run(platform, shown, lambda there: there.upload("/apps/packages", data, ZIP)))


def _tell(version: Mapping[str, Any]) -> None:
    click.echo(f"✓ {version['appId']} {version['version']} is {version['state']}")
    if version["state"] == "SUBMITTED":
        click.echo("  the machine looks first, then a person: `miniapp status` shows how far it is")


def app_of(app_id: str | None) -> str:
    """Return the mini-app that is meant: the one named, or the one of this folder.

    Raises: ClickException.
    """
    if app_id:
        return app_id
    try:
        return manifest.read(Path("miniapp.yaml").read_text(encoding="utf-8")).id
    except (OSError, manifest.ManifestRefused):
        raise click.ClickException("name the mini-app: there is no good miniapp.yaml here") from None


APP = click.argument("app_id", required=False)


@click.command()
@APP
@click.option("--yes", is_flag=True, help="You have read the text, and may bind your team.")
@PLATFORM
@TOKEN
def sign(app_id: str | None, yes: bool, platform: str, token: str | None) -> None:
    """Read the vendor's agreement, and sign it for the team; the department signs its own.

    Example: miniapp sign rent-withdrawal
    """
    named, shown = app_of(app_id), token_for(platform, token)
    told = ask(platform, shown, AGREEMENT_TEXT)["agreementText"]
    click.echo(told["text"])
    if hashlib.sha256(told["text"].encode()).hexdigest() != told["sha256"]:
        raise click.ClickException("the text is not the one that its sum is of; nothing was signed")
    if not yes:
        click.confirm(f"sign this for {named}, as your team?", abort=True)
    ask(platform, shown, SIGN_AGREEMENT, appId=named, textSha256=told["sha256"])
    click.echo(f"✓ signed version {told['version']} for {named}")


__all__ = ["APP", "KEY", "app_of", "publish", "sign"]

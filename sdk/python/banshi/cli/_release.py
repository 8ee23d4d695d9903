"""Giving versions to citizens, step by step, and taking them back."""

import uuid

import click

from banshi.cli._account import PLATFORM, TOKEN, token_for
from banshi.cli._asking import ask
from banshi.cli._documents import PROMOTE_MINI_APP, ROLL_BACK_MINI_APP
from banshi.cli._publish import app_of
from banshi.cli._status import standing

OF_APP = click.option("--app", "app_id", help="[default: the one of miniapp.yaml here]")


@click.command()
@click.argument("version")
@OF_APP
@click.option("--testers", is_flag=True, help="Testers alone, which is the first step.")
@click.option("--percent", type=click.IntRange(1, 100), help="Of citizens; it only rises.")
@click.option("--region", "regions", multiple=True, help="All of a region, by its code; again for more.")
@click.option("--everyone", is_flag=True, help="Everybody.")
@PLATFORM
@TOKEN
def promote(
    version: str, app_id: str | None, testers: bool, percent: int | None, regions: tuple[str, ...],
    everyone: bool, platform: str, token: str | None,
) -> None:  # fmt: skip
    """Give an approved version to more citizens.

    Example: miniapp promote 1.2.0 --percent 5 --region 330106
    """
    if not (testers or percent or regions or everyone):
        raise click.ClickException("say to whom: --testers, --percent, --region or --everyone")
    told = ask(
        platform, token_for(platform, token), PROMOTE_MINI_APP, appId=app_of(app_id), version=version,
        key=uuid.uuid4().hex, percent=percent, regions=list(regions) or None, everyone=everyone,
    )  # fmt: skip
    click.echo(f"✓ {standing(told['promoteMiniApp'])}")


@click.command()
@click.argument("version")
@OF_APP
@click.option("--reason", default="由开发者回退", show_default=True)
@PLATFORM
@TOKEN
def rollback(version: str, app_id: str | None, reason: str, platform: str, token: str | None) -> None:
    """Give everybody an approved version again, whichever; new sessions get it at once.

    Example: miniapp rollback 1.1.0 --reason "1.2.0 loses drafts"
    """
    told = ask(
        platform, token_for(platform, token), ROLL_BACK_MINI_APP, appId=app_of(app_id), version=version,
        reason=reason, key=uuid.uuid4().hex,
    )  # fmt: skip
    click.echo(f"✓ {standing(told['rollBackMiniApp'])}")

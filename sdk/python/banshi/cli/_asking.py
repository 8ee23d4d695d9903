"""Asking a platform from the command line: whatever it refuses is told in a few lines."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import click

from banshi.client import Platform, PlatformError, Refused

Result = TypeVar("Result")


def ask(url: str, token: str, document: str, **variables: Any) -> Mapping[str, Any]:
    """Run one trusted document and return its data.

    Raises: ClickException.
    """
    return run(url, token, lambda platform: platform.graphql(document, variables))


def run(url: str, token: str, work: Callable[[Platform], Awaitable[Result]]) -> Result:
    """Do some work with a platform.

    Raises: ClickException.
    """

    async def connected() -> Result:
        async with Platform(url, token=token) as platform:
            return await work(platform)

    try:
        return asyncio.run(connected())
    except Refused as refusal:
        raise click.ClickException("\n".join(lines_of(refusal))) from None
    except PlatformError as error:
        raise click.ClickException(f"{error}; is {url} the platform?") from None


def lines_of(refusal: Refused) -> list[str]:
    """Return what is said of a refusal: itself, the faults or findings it lists, and where to read on."""
    told = [
        f"line {fault['line']}: {fault['path']}: {fault['expected']}; {fault['fix']}"
        for fault in refusal.details.get("faults") or []
    ]
    told += [
        f"{finding.get('file') or '(package)'}: {finding['rule']}: {finding['problem']}; {finding['fix']}"
        for finding in refusal.details.get("findings") or []
    ]
    return [str(refusal), *told, *([f"see {refusal.docs_url}"] if refusal.docs_url else [])]

"""The root fields of one operation: queries side by side, mutations one after the other."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from graphql import GraphQLError

from api.graphql.plan.generated.branch import Branch, Lost
from api.graphql.plan.generated.levels import Level
from api.graphql.plan.generated.settle import make_null
from api.graphql.plan.generated.wait import end

Answer = tuple[dict[str, Any] | None, list[GraphQLError]]


async def in_series(branches: Iterable[Branch]) -> None:
    """Run each when the one before has ended, until one leaves no answer."""
    with suppress(Lost):
        for branch in branches:
            await branch.run()


async def side_by_side(branches: Sequence[Branch]) -> None:
    """Run what has nothing to await first, as graphql-core does, then the rest at the same time."""
    with suppress(Lost):
        for branch in branches:
            if not branch.may_wait:
                await branch.run()
        waiting = [branch for branch in branches if branch.may_wait]
        if len(waiting) == 1:
            await waiting[0].run()
        elif waiting:
            await _together(waiting)


async def _together(branches: Iterable[Branch]) -> None:
    tasks = [asyncio.ensure_future(branch.run()) for branch in branches]
    try:
        _, left = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    except BaseException:
        await end(tasks)
        raise
    if left:
        await end(list(left))
    failed = [error for task in tasks if not task.cancelled() and (error := task.exception())]
    for error in sorted(failed, key=lambda each: isinstance(each, Lost)):
        raise error
    if any(task.cancelled() for task in tasks):
        raise asyncio.CancelledError  # a resolver was cancelled, by whom ever


def answer_of(branches: Sequence[Branch], root: Level) -> Answer:
    """Return the data and errors of branches that have run, or were stopped by a lost one."""
    if not any(branch.failures for branch in branches):
        return root.outs[0], []
    errors = [error for branch in branches for error in branch.settled.errors]
    for branch in branches:
        if branch.settled.lost:
            return None, [*errors, branch.settled.lost]
    data = root.outs[0]
    for branch in branches:
        make_null(data, branch.settled.nulls)
    return data, errors

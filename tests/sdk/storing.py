"""What a store does, whoever keeps it: tried against the simulator and against the platform's own API."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from banshi.platform import OnBehalf
from banshi.refusals import ConsentWanted, busy, conflict, invalid
from banshi.stores import ABSENT, DEEPEST, MOST_BYTES, MOST_VALUE, WRITES_AT_ONCE


class Draft(msgspec.Struct):
    rent: int
    months: list[str] = []


async def keeps(platform: OnBehalf) -> None:
    """What is written is read, as the type that it had; what is deleted is gone, and twice is as once."""
    storage = platform.storage
    assert await storage.get("draft") is None

    revision = await storage.set("draft", Draft(3000, ["九月"]))
    await storage.set("seen.2026-11", True)
    kept = await storage.get("draft", Draft)
    listed = [(each.key, each.size) async for each in storage.each()]
    for _ in range(2):
        await storage.delete("draft")

    assert kept is not None
    assert (kept.value, kept.revision) == (Draft(3000, ["九月"]), revision)
    assert listed == [("seen.2026-11", 4), ("draft", len('{"rent":3000,"months":["九月"]}'.encode()))]
    assert [each.key async for each in storage.each()] == ["seen.2026-11"]
    with pytest.raises(msgspec.ValidationError):
        await storage.get("seen.2026-11", Draft)


async def stays_flat(platform: OnBehalf) -> None:
    """A value nests so deep and no deeper: a copy of it is indented, and some hundred times as long."""
    deepest: Any = []
    for _ in range(DEEPEST - 1):
        deepest = [deepest]

    await platform.storage.set("deep", deepest)

    with pytest.raises(invalid.InvalidInput):
        await platform.storage.set("deeper", {"in": deepest})


async def compares(platform: OnBehalf) -> None:
    """A revision is written over once; without one the last write wins; a command is carried out once."""
    storage = platform.storage
    first = await storage.set("place", 1, if_revision=ABSENT)
    second = await storage.set("place", 2, if_revision=first, command="two")
    again = await storage.set("place", 2, if_revision=first, command="two")
    for stale in (ABSENT, first):
        with pytest.raises(conflict.StoredValueChanged) as refused:
            await storage.set("place", 3, if_revision=stale)
        assert refused.value.data == {"revision": second}
    with pytest.raises(conflict.StoredValueChanged):
        await storage.delete("place", if_revision=first)

    last = await storage.set("place", 4)
    late = await storage.set("place", 2, if_revision=first, command="two")

    with pytest.raises(conflict.IdempotencyKeyReused):
        await storage.set("place", 5, command="two")
    with pytest.raises(conflict.IdempotencyKeyReused):
        await storage.delete("place", command="two")
    kept = await storage.get("place")
    assert again == late == second
    assert kept is not None
    assert (kept.value, kept.revision) == (4, last)


async def limits(platform: OnBehalf) -> None:
    """Keys, values and the store as a whole have limits, and a code for each."""
    storage = platform.storage
    for key in ("", "Draft", "1st", "a b", "a" * 65, "case.330106199001011234", "to.13705710000", "草稿"):
        with pytest.raises(invalid.InvalidInput):
            await storage.set(key, 1)
    with pytest.raises(invalid.StoredValueTooLarge) as large:
        await storage.set("a", "x" * MOST_VALUE)
    assert large.value.data == {"most": str(MOST_VALUE), "bytes": str(MOST_VALUE + 2)}

    for number in range(MOST_BYTES // MOST_VALUE):
        await storage.set(f"part-{number}", "x" * (MOST_VALUE - 2))
    with pytest.raises(conflict.StoreFull) as full:
        await storage.set("more", 1)
    await storage.set("part-0", 1)

    assert full.value.data == {"most_keys": "64", "most_bytes": str(MOST_BYTES)}
    assert await storage.set("more", None)


async def paces(platform: OnBehalf) -> None:
    """So many writes come at once and no more; another is told when to come back, and reading is free."""
    with pytest.raises(busy.RateLimited) as limited:
        for number in range(WRITES_AT_ONCE + 20):  # more may come while these do
            await platform.storage.set("pace", number)
    with pytest.raises(busy.RateLimited):
        await platform.storage.delete("pace")
    kept = await platform.storage.get("pace", int)

    assert limited.value.retry_after_s == 1
    assert kept is not None and WRITES_AT_ONCE - 1 <= kept.value < WRITES_AT_ONCE + 19


async def names_commands(platform: OnBehalf) -> None:
    """A command has a name that can be printed."""
    for command in ("c" * 81, "a\nb"):
        with pytest.raises(invalid.InvalidInput):
            await platform.storage.set("draft", 1, command=command)


async def gone_with_consent(platform: OnBehalf, agree: Callable[[], Awaitable[OnBehalf]]) -> None:
    """What was kept goes with the consent, and a new one begins with nothing."""
    await platform.storage.set("draft", 1)
    await platform.consent.withdraw(["storage:keep"])
    with pytest.raises(ConsentWanted):
        await platform.storage.get("draft")

    again = await agree()

    assert await again.storage.get("draft") is None
    assert [each async for each in again.storage.each()] == []
    await again.storage.set("draft", 2, if_revision=ABSENT)


CASES: list[Any] = [keeps, compares, limits, stays_flat, paces, names_commands]

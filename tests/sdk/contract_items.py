"""Which items a mini-app prepares and begins applications for, whoever answers: simulator and platform."""

import pytest

from banshi.platform import Answer, CaseDraft, OnBehalf
from banshi.refusals import denied

FOREIGN = "330100999000"
SCOPES = ("cases:read", "cases:write", "materials:read")
LINES = "  materials:read: 核对哪些材料您已经有了\n"


async def tried(platform: OnBehalf, served: str) -> None:
    """Do what a mini-app does whose manifest names the item `served` alone, and check what comes of it."""
    answers = [Answer("marital", text="未婚")]
    for asked in (
        platform.cases.prepare(FOREIGN, answers=answers),
        platform.cases.start(CaseDraft(FOREIGN, answers=answers)),
    ):
        with pytest.raises(denied.AppItemNotServed) as refused:
            await asked
        assert refused.value.data == {"app_id": "rent-app", "version": "1.0.0", "item": FOREIGN}

    assert (await platform.cases.prepare(served, answers=answers)).code == served
    begun = await platform.cases.start(CaseDraft(served, answers=answers), key="one")
    assert begun.code == served
    assert (await platform.cases.start(CaseDraft(served, answers=answers), key="one")).id == begun.id

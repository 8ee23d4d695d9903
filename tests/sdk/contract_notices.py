"""What comes of notices and consent, whoever answers: tried against the simulator and the platform."""

import pytest

from banshi.notices import MOST
from banshi.platform import OnBehalf
from banshi.refusals import ConsentWanted, busy, conflict, invalid

SCOPES = ("cases:read", "notices:read", "notices:send")
LINES = "  notices:read: 向您显示我们发的消息\n  notices:send: 办理有进展时告诉您\npages: [/index.html]\n"
SAID = ("材料已收到", "三个工作日内答复您。")


async def tried(platform: OnBehalf) -> None:
    """Do what a mini-app does for a citizen who agreed to SCOPES, and check what comes of it."""
    first = await platform.notices.send(*SAID, page="/index.html", key="1")
    assert await platform.notices.send(*SAID, page="/index.html", key="1") == first
    assert [notice async for notice in platform.notices.each()] == []  # else it saw that it is muted
    assert await platform.notices.unread() == 0
    with pytest.raises(conflict.IdempotencyKeyReused):
        await platform.notices.send("另一件事", SAID[1], key="1")
    with pytest.raises(invalid.NoticeUnfit) as unfit:
        await platform.notices.send(*SAID, page="/other.html")
    assert unfit.value.data["field"] == "page"
    with pytest.raises(invalid.InvalidInput):
        await platform.notices.send(*SAID, key="no key")
    for number in range(2, MOST + 1):
        await platform.notices.send(*SAID, key=str(number))
    with pytest.raises(busy.NoticesSpent) as spent:
        await platform.notices.send(*SAID, key="more")
    assert 86_000 < spent.value.retry_after_s <= 86_400
    await given_back(platform)


async def given_back(platform: OnBehalf) -> None:
    """See what was granted, and give it back."""
    held = await platform.consent.mine()
    assert [each.scope for each in held.scopes] == sorted(SCOPES)
    assert {each.scope: each.reason for each in held.scopes}["notices:send"] == "办理有进展时告诉您"
    assert held.since is not None
    with pytest.raises(invalid.InvalidInput):
        await platform.consent.withdraw(["cases:read", "everything"])

    left = await platform.consent.withdraw(["notices:send"])

    assert [each.scope for each in left.scopes] == ["cases:read", "notices:read"]
    assert await platform.consent.mine() == left == await platform.consent.withdraw(["notices:send"])
    with pytest.raises(ConsentWanted) as wanted:
        await platform.notices.send(*SAID, key="2")
    assert wanted.value.scope == "notices:send"
    assert await platform.notices.unread() == 0

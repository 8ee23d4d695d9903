"""An operator at his pages, and mini-apps for him to look at."""

import re
from datetime import datetime

import httpx
import msgspec

from api.http.browser import SESSION
from banshi.findings import Finding
from identity import sessions
from identity.actor import Actor
from identity.roles import Role
from miniapps.review import service as review
from miniapps.review.tables import AppLook, AppReview
from storage import clock
from tests.api.conftest import an_actor
from tests.api.pages.browsing import send, signed_in
from tests.miniapps.catalog.factories import handed_in


async def at_work(client: httpx.AsyncClient, sign_in, persona: str = "operator") -> Actor:
    """Sign a member of staff in by the pages, in the post; return who that is."""
    await sign_in(persona)  # appoints
    client.cookies.clear()
    answer = await signed_in(client, persona)
    page = await client.get(answer.headers["location"])
    post = re.findall(r'name="context" value="([^"]+)"', page.text)[1]
    await send(client, page, context=post)
    actor = await sessions.actor_of(client.cookies[SESSION], now=await clock.now())
    assert actor is not None
    return actor


async def waiting(now: datetime, **facts: str) -> AppReview:
    """A review that nobody has claimed, of a mini-app with a note of its developers."""
    developer = an_actor(Role.DEVELOPER)
    version = await handed_in(developer, now, **facts)
    await review.note(developer, version.id, "测试账号：在租房页面选“示例小区”", now=now)
    opened = await review.open_(version.id, now=now)
    assert opened is not None
    return opened


async def looked(row: AppReview, now: datetime) -> AppLook:
    """What the machine found in the version, with a picture."""
    finding = Finding(
        rule="login.password", file="index.html", line=7, problem="页面自己做了登录", fix="改用统一登录",
        selector="form#login", shot="index.html-elder.png",
    )  # fmt: skip
    made = AppLook(
        version_id=row.version_id, team_id=row.team_id, state="done", began_at=now, done_at=now, took_ms=2100,
        findings=msgspec.json.encode([finding]).decode(), found=1, shots='["index.html-elder.png"]',
    )  # fmt: skip
    await made.save()
    return made

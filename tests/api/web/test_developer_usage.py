"""Figures of a mini-app on the developer's page: pictures with words, by version, and problems noticed."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from api.web.developer import spans
from api.web.words import PROBLEMS
from miniapps.insight.queries import Point, Totals
from miniapps.insight.rules.counting import CLASSES, COLUMNS, What
from miniapps.insight.rules.limits import KEYS
from miniapps.insight.tables import AppProblem, AppUsage
from storage import clock
from tests.api.pages.browsing import text_of
from tests.api.web.office import in_team, with_app

USAGE = "/developer/apps/rent-app/usage"


async def counted(*, days: int = 0, app_id: str = "rent-app") -> None:
    """An hour with ten calls, one of which failed, so many days ago."""
    now = await clock.now() - timedelta(days=days, hours=1)
    latency = [0] * CLASSES
    latency[6], latency[18] = 9, 1  # up to 60 ms; up to 3 s
    await AppUsage(
        app_id=app_id, version="1.0.0", span="hour", at=now.replace(minute=0, second=0, microsecond=0),
        opens=1234, consents_asked=8, consents_granted=6, consents_refused=2, calls=10, call_errors=1,
        page_errors=3, complaints=0, latency=latency,
    ).save()  # fmt: skip


async def noticed(**facts) -> None:
    now = await clock.now()
    told = {"found": 30, "out_of": 100, "threshold": 50, "key": "call_errors", "last_seen_at": now}
    await AppProblem(
        app_id="rent-app", version="1.0.0", first_seen_at=now, told_at=now, **{**told, **facts}
    ).save()


async def test_figures_are_told_in_words_and_drawn(client: httpx.AsyncClient):
    await with_app(await in_team(client))
    await counted()
    await counted(days=20)

    page = await client.get(USAGE)
    said = text_of(page.text)

    assert "打开 1,234 次" in said and "调用出错率 10.0%" in said and "授权同意率 75.0%" in said
    assert "95% 的调用在 2.5 秒 以内" in said
    assert page.text.count("<svg") == 6 and page.text.count("<title>近 7 天") == 6, "nobody complained"
    assert page.text.count("<rect") == 7 and 'class="over"' in page.text, (
        "one day is above the limit of errors"
    )
    assert "最多的一天是" in said and "每天的数字" in page.text
    assert page.text.count("<tbody>") == 2 and "1234 10 10.0% 2.5 秒 3 0" in said, "a day as a row"
    assert "2,468" in text_of((await client.get(USAGE, params={"days": "30"})).text)
    assert "打开 1,234 次" in text_of((await client.get(USAGE, params={"days": "x"})).text)


def test_days_are_those_of_shanghai_and_empty_ones_are_there_too():
    now = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)  # 1:30 on the 23rd in Shanghai
    one = Totals([1] * len(COLUMNS), [0] * CLASSES)
    found = [Point(now - timedelta(hours=each), one) for each in (0, 1, 2)]

    week, hours = spans.slots(found, now, 7), spans.slots(found, now, 1)

    assert [(slot.name, slot.totals.counts[What.OPEN]) for slot in week[-3:]] == [
        ("11月21日", 0), ("11月22日", 1), ("11月23日", 2)
    ]  # fmt: skip
    assert len(week) == 7 and spans.begin(now, 7) == datetime(2026, 11, 16, 16, tzinfo=UTC)
    assert [slot.name for slot in (hours[0], hours[-1])] == ["2 时", "1 时"] and len(hours) == 24


async def test_without_use_the_page_says_so(client: httpx.AsyncClient):
    await with_app(await in_team(client))

    said = text_of((await client.get(USAGE)).text)

    assert "这段时间没有人用过" in said and "没有发现问题" in said and "授权同意率 —" in said


async def test_problems_are_told_with_count_and_limit(client: httpx.AsyncClient):
    await with_app(await in_team(client))
    await noticed()
    await noticed(
        key="slow_calls", found=4200, out_of=60, threshold=3000,
        last_seen_at=await clock.now() - timedelta(hours=2),
    )  # fmt: skip

    said = text_of((await client.get(USAGE)).text)

    assert "接口出错太多 正在发生" in said and "100 人里有 30 人，界限是 5.0%" in said
    assert "接口太慢 已经过去" in said and "95% 的响应时间是 4.2 秒，界限是 3.0 秒" in said


async def test_figures_of_another_team_are_not_shown(client: httpx.AsyncClient):
    await with_app(await in_team(client))
    await in_team(client, "li_wei", "另一个团队")

    assert (await client.get(USAGE)).status_code == 404


@pytest.mark.parametrize("key", KEYS)
def test_every_problem_has_a_name(key):
    assert PROBLEMS[key]

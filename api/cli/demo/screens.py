"""The screens that a citizen opens, each one trusted document fetched by its id."""

from typing import Any

from api.cli.demo import documents
from api.cli.demo.acts import PERMIT, REGION, Seen, Stage
from api.cli.demo.people import Data, Person

SHOWN = len("sha256:") + 8  # characters of an id: enough to tell them apart


async def look_around(stage: Stage, citizen: Person, seen: list[Seen]) -> None:
    """The citizen of two cases looks at home, for an item, at the cases, one of them, wallet and inbox."""
    home = await _open(stage, citizen, "首页", documents.HOME, region=REGION, target="PERSON")
    recent = [case["id"] for case in home["recentCases"]]
    assert home["viewer"]["name"] == citizen.name, home["viewer"]
    found = await _open(stage, citizen, "搜索", documents.SEARCH, search="居住证", region=REGION)
    codes = [item["code"] for item in _nodes(found["items"])]
    assert PERMIT in codes, f"the search does not find the item: {codes}"
    await _look_through_the_shelf(stage, citizen)
    mine = await _open(stage, citizen, "我的办件", documents.CASES, first=1)
    rest = await citizen.ask(documents.CASES, after=mine["cases"]["pageInfo"]["endCursor"])
    held = [case["id"] for case in (*_nodes(mine["cases"]), *_nodes(rest["cases"]))]
    assert held == recent == [one.case_id for one in reversed(seen)], f"other cases than applied for: {held}"
    case = await _open(stage, citizen, "办件详情", documents.CASE, id=seen[0].case_id)
    assert case["case"]["decision"]["outcome"] == "GRANTED", case
    wallet = await _open(stage, citizen, "材料库", documents.WALLET)
    told = await _open(stage, citizen, "消息", documents.NOTICES)
    assert told["unreadNotices"] <= (await citizen.ask(documents.UNREAD))["unreadNotices"], told
    stage.tell.say(
        f"首页列出 {len(home['catalog'])} 项服务，“居住证”找到 {len(codes)} 项；"
        f"办件 {len(held)} 件，首件历经 {len(case['case']['timeline'])} 步；"
        f"材料 {len(_nodes(wallet['materials']))} 份，证照 {len(_nodes(wallet['certificates']))} 张；"
        f"消息 {len(_nodes(told['notices']))} 条，未读 {told['unreadNotices']} 条"
    )


async def _look_through_the_shelf(stage: Stage, citizen: Person) -> None:
    shelf = (await _open(stage, citizen, "应用", documents.SHELF, region=REGION))["shelf"]
    events, tops = shelf["lifeEvents"], [each for each in shelf["categories"] if each["parent"] is None]
    assert events and tops, f"the shelf that ships is not there: {shelf}"
    found = await _open(stage, citizen, "找应用和事项", documents.FIND, search="驾照", region=REGION)
    names = [item["name"] for item in _nodes(found["findItems"])]
    assert any("驾驶证" in name for name in names), f"a word that means the same finds nothing: {names}"
    stage.tell.say(f"应用目录有 {len(events)} 个人生大事、{len(tops)} 个一级分类；“驾照”也找到“{names[0]}”")


async def _open(stage: Stage, citizen: Person, screen: str, document: str, **variables: Any) -> Data:
    data = await citizen.ask(document, **variables)
    stage.tell.say(f"打开“{screen}”，只发送文档编号 {document[:SHOWN]}…")
    return data


def _nodes(connection: Data) -> list[Data]:
    return [edge["node"] for edge in connection["edges"]]

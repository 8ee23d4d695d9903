"""The citizens' host: the first page, finding, and the guide of an item, by who may see what."""

import httpx

from tests.api.pages.browsing import signed_in, text_of
from tests.miniapps.items.factories import make_item
from tests.miniapps.items.test_search import index

QUESTION = """\
问题:
  - {标识: married, 问题: 已婚吗？, 类型: 是否}
材料:
  - {种类: marriage_certificate, 名称: 结婚证, 来源: 政府部门核发, 条件: married}
"""


async def test_a_visitor_finds_an_item_and_a_citizen_his_own_matters(client: httpx.AsyncClient):
    await make_item(name="居住证申领")
    visitor = text_of((await client.get("/")).text)
    await signed_in(client)
    citizen = text_of((await client.get("/")).text)

    assert "居住证申领" in visitor
    assert "登录后可以办事" in visitor
    assert "长辈版" in visitor
    assert "我的办件" not in visitor
    assert "王芳，您好" in citizen
    assert "还没有办件" in citizen


async def test_searching_finds_says_so_when_nothing_is_found_and_suggests(client: httpx.AsyncClient):
    await index(await make_item(name="居住证申领"))

    found = text_of((await client.get("/find", params={"q": "居住证"})).text)
    none = text_of((await client.get("/find", params={"q": "飞船驾照"})).text)
    odd = await client.get("/find", params={"q": "<script>alert(1)</script>", "event": "nothing"})

    assert "居住证申领" in found
    assert "没有找到" not in found
    assert "没有找到" in none
    assert "看看这些" in none and "居住证申领" in none
    assert "<script>alert" not in odd.text


async def test_the_place_is_chosen_once_and_kept(client: httpx.AsyncClient):
    chosen = text_of((await client.get("/", params={"region": "330106"})).text)
    later = text_of((await client.get("/")).text)
    nonsense = text_of((await client.get("/", params={"region": "999999"})).text)

    assert "服务地区： 杭州市西湖区" in chosen
    assert "服务地区： 杭州市西湖区" in later
    assert "服务地区： 杭州市西湖区" in nonsense


async def test_the_guide_tells_the_papers_of_ones_own_situation(client: httpx.AsyncClient):
    await make_item(more=QUESTION)

    open_ = text_of((await client.get("/items/332000900000")).text)
    married = text_of((await client.get("/items/332000900000", params={"q-married": "yes"})).text)
    single = text_of((await client.get("/items/332000900000", params={"q-married": "no"})).text)

    assert "看您的情况才知道要不要的" in open_
    assert "结婚证" in married and "看您的情况" not in married
    assert "结婚证" not in single and "不用交材料" in single
    for told in ("5 个工作日", "不收费", "0571-12345001", "《某某条例》第一条", "一次都不用跑"):
        assert told in open_
    assert (await client.get("/items/000000000000")).status_code == 404


async def test_what_stands_in_without_a_network_is_nobodys(client: httpx.AsyncClient):
    await signed_in(client)
    page, worker = await client.get("/offline"), await client.get("/service-worker.js")

    assert "没有网络" in page.text
    assert "set-cookie" not in page.headers
    assert "data-owner" not in page.text
    assert worker.headers["cache-control"] == "no-cache"
    assert "$" not in worker.text.replace("${", "")
    for asset in ("/pages/style-", "/pages/keeping-"):
        assert asset in worker.text

"""The five acts of the demonstration.  Each answers what it saw; nothing is read but through the API."""

import random
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from api.cli.demo import documents, papers
from api.cli.demo.narration import Narration
from api.cli.demo.people import Cast, Data, Person

REGION = "330106"  # 杭州市西湖区: the clerks of the sandbox sit here
PERMIT, RENT, ID_CARD, SOCIAL_CARD = "330700101000", "332000102000", "330700103000", "332000109000"
REUSED = frozenset({"CERTIFICATE", "WALLET"})
APP_SCOPES = ("cases:read", "cases:write", "materials:read")
TWO_WEEKS_S = 14 * 86_400
VERDICTS = {"zero": "零跑动", "one": "跑一次", "many": "跑多次", "unproven": "未证实"}
WAYS = {"IDENTITY": "登录身份即证明", "CERTIFICATE": "已有电子证照", "WALLET": "材料库已有"}
LIMITS = {"PROMISED": "承诺时限", "STATUTORY": "法定时限", "ACCEPTANCE": "受理时限"}


@dataclass
class Seen:
    """What one act has shown."""

    act: str
    citizen: str
    item: str
    case_id: str
    verdict: str = ""
    trips: int = 0
    uploads: int = 0
    reused: int = 0
    certificates: int = 0
    notes: list[str] = field(default_factory=list)


@dataclass
class Stage:
    """What every act needs."""

    cast: Cast
    draw: random.Random
    tell: Narration
    clerks: dict[str, Person]
    maintainer: Person
    app_url: str


def text(id_: str, value: str) -> Data:
    """One answer of words."""
    return {"id": id_, "text": value}


def yes(id_: str, value: bool) -> Data:
    """One answer of yes or no."""
    return {"id": id_, "yes": value}


async def upload_apply_approve(stage: Stage, *, confirm: bool, act: str) -> tuple[Person, Seen]:
    """(a) and (e): two real files, an application, an approval, a certificate.

    A file made for this case may have cost a trip to fetch; only the citizen can say it did not.
    """
    citizen = await stage.cast.citizen()
    stage.tell.say(f"{citizen.name} 登录，申领居住证")
    for paper in (papers.lease(stage.draw), papers.photo(stage.draw)):
        await citizen.give(paper)
        stage.tell.say(f"上传“{paper.title}”（{len(paper.content):,} 字节），已核验并加密存入材料库")
    answers = [text("ground", "稳定住所"), text("housing", "租赁")]
    seen = await _apply(stage, act, citizen, PERMIT, answers, _permit_form(stage, citizen))
    seen.uploads = 2
    await _approve(stage.clerks["public_security"], seen.case_id)
    seen.certificates = await _certificates(citizen, "residence_permit")
    stage.tell.say("审批通过，居住证电子证照已存入材料库")
    await _judged(stage, citizen, seen, confirm=confirm)
    return citizen, seen


async def reuse_through_mini_app(stage: Stage, citizen: Person) -> Seen:
    """(b): a second item through a third party's mini-app; nothing is uploaded."""
    opened = await citizen.ask(documents.OPEN_MINI_APP, appId="rent-withdrawal", scopes=list(APP_SCOPES))
    token = opened["openMiniApp"]["token"]
    stage.tell.say(f"{citizen.name} 打开第三方小程序“租房提取”，同意 {len(APP_SCOPES)} 项授权")
    marital = stage.draw.choice(["未婚", "离异", "丧偶"])
    answers = [text("marital", marital), yes("local_household", False)]
    prepared = await _call_app(stage, token, "/api/prepare", {"answers": answers})
    assert prepared["uploads"] == 0, f"the mini-app would ask for uploads: {prepared}"
    body = {"key": uuid4().hex, "region": REGION, "answers": answers, "form": _rent_form(stage, citizen)}
    handed = await _call_app(stage, token, "/api/apply", body)
    again = await _call_app(stage, token, "/api/apply", body)
    assert again["id"] == handed["id"], "a double tap made two cases"
    for material in handed["materials"]:
        stage.tell.say(f"材料 {material['kind']}：{WAYS[material['way']]}")
    seen = Seen("b", citizen.name, "住房公积金租房提取", handed["id"], reused=_reused(handed["materials"]))
    stage.tell.say(f"小程序提交成功：{handed['number']}；材料全部复用")
    await _approve(stage.clerks["housing_fund"], seen.case_id)
    await _judged(stage, citizen, seen, confirm=True)
    return seen


async def visit_a_hall(stage: Stage) -> Seen:
    """(c): fingerprints are taken in person, by law."""
    citizen = await stage.cast.citizen()
    reason = stage.draw.choice(["丢失", "损坏", "到期"])
    stage.tell.say(f"{citizen.name} 补领身份证（{reason}），指纹须到场采集")
    answers = [text("reason", reason), yes("under_sixteen", False)]
    seen = await _apply(stage, "c", citizen, ID_CARD, answers, _own_facts(citizen), delivery="POST")
    clerk = stage.clerks["public_security"]
    await clerk.ask(documents.ACCEPT_CASE, id=seen.case_id)
    now = (await stage.cast.clock())["now"]
    visit = {
        "cause": "FINGERPRINT", "placeKind": "HALL", "place": "西湖区行政服务中心公安窗口", "visitedAt": now,
        "source": "COUNTER_SYSTEM", "evidenceKind": "TICKET",
        "evidenceReference": f"A{stage.draw.randrange(1, 400):03d}",
    }  # fmt: skip
    await clerk.ask(documents.RECORD_VISIT, caseId=seen.case_id, visit=visit, key=uuid4().hex)
    await _close(clerk, seen.case_id)
    await clerk.ask(
        documents.DELIVER_CASE, id=seen.case_id, tracking=f"EMS{stage.draw.randrange(10**10):010d}"
    )
    seen.certificates = await _certificates(citizen, "id_card")
    await _judged(stage, citizen, seen, confirm=False)
    visits = (await citizen.ask(documents.VISITS, caseId=seen.case_id))["visits"]["edges"]
    assert [edge["node"]["cause"] for edge in visits] == ["FINGERPRINT"], visits
    return seen


async def run_over_the_limit(stage: Stage) -> Seen:
    """(d): nobody decides for two weeks; the platform notices by itself."""
    citizen = await stage.cast.citizen()
    stage.tell.say(f"{citizen.name} 补办社会保障卡，部门受理后迟迟未办")
    form = [
        text("bank", stage.draw.choice(["工商银行", "农业银行", "中国银行"])),
        text("post_address", _address(stage)), text("phone", citizen.told["phone"]),
    ]  # fmt: skip
    answers = [text("reason", stage.draw.choice(["丢失", "损坏"]))]
    seen = await _apply(stage, "d", citizen, SOCIAL_CARD, answers, form, delivery="ELECTRONIC")
    clerk = stage.clerks["human_resources"]
    await clerk.ask(documents.ACCEPT_CASE, id=seen.case_id)
    await stage.cast.move_clock(stage.maintainer, TWO_WEEKS_S)
    stage.tell.say("时钟拨快 14 天")
    data = await citizen.ask_until(
        documents.CASE, lambda data: any(clock["overdueAt"] for clock in data["case"]["clocks"]),
        what="flagging the overdue case", id=seen.case_id,
    )  # fmt: skip
    late = [clock for clock in data["case"]["clocks"] if clock["overdueAt"]]
    found = clerk.platform.every(documents.DESK_CASES, {"overdue": True}, field="deskCases")
    queue = [case["id"] async for case in found]
    assert seen.case_id in queue, "the clerk's overdue queue does not show the case"
    seen.notes.append(f"已超期：{LIMITS[late[0]['kind']]}应于 {late[0]['dueOn']} 前办结")
    stage.tell.say(f"系统自动标记{seen.notes[0]}；部门随后补办")
    await _close(clerk, seen.case_id)
    seen.certificates = await _certificates(citizen, "social_security_card")
    await _judged(stage, citizen, seen, confirm=True)
    return seen


async def _apply(
    stage: Stage, act: str, citizen: Person, code: str, answers: list[Data], form: list[Data],
    *, delivery: str = "ELECTRONIC",
) -> Seen:  # fmt: skip
    prepared = (await citizen.ask(documents.PREPARATION, code=code, answers=answers, form=form))[
        "preparation"
    ]
    assert not prepared["problems"] and not prepared["uploads"], f"not ready to submit: {prepared}"
    draft = {"code": code, "region": REGION, "answers": answers, "form": form, "delivery": delivery}
    begun = await citizen.ask(documents.START_CASE, draft=draft, key=uuid4().hex)
    handed = await citizen.ask(documents.SUBMIT_CASE, id=begun["startCase"]["id"], key=uuid4().hex)
    case = handed["submitCase"]
    stage.tell.say(f"提交“{prepared['name']}”，办件编号 {case['number']}")
    return Seen(act, citizen.name, prepared["name"], case["id"], reused=_reused(case["materials"]))


async def _approve(clerk: Person, case_id: str) -> None:
    await clerk.ask(documents.ACCEPT_CASE, id=case_id)
    await clerk.ask(documents.REVIEW_CASE, id=case_id)
    await _close(clerk, case_id)


async def _close(clerk: Person, case_id: str) -> None:
    await clerk.ask(documents.DECIDE_CASE, id=case_id, outcome="GRANTED")
    await clerk.ask(documents.COMPLETE_CASE, id=case_id)


async def _judged(stage: Stage, citizen: Person, seen: Seen, *, confirm: bool) -> None:
    """Wait for the worker's verdict; where it asks the citizen, let him answer if he means to."""
    data = await citizen.ask_until(
        documents.CASE, lambda data: data["verdict"] is not None, what="the verdict", id=seen.case_id
    )
    verdict = data["verdict"]
    if verdict["verdict"] == "UNPROVEN" and confirm:
        stage.tell.say(f"结论暂为“未证实”，{citizen.name} 确认没有跑动")
        await citizen.ask(documents.CONFIRM_VERDICT, caseId=seen.case_id, agrees=True, key=uuid4().hex)
        data = await citizen.ask_until(
            documents.CASE, lambda data: data["verdict"]["version"] > verdict["version"],
            what="the verdict after the citizen's word", id=seen.case_id,
        )  # fmt: skip
        verdict = data["verdict"]
    seen.verdict, seen.trips = verdict["verdict"].lower(), verdict["trips"]
    reasons = [reason for reason in verdict["reasons"] if reason["bearing"] != "FOR"] or verdict["reasons"]
    seen.notes += [reason["text"] for reason in reasons[:2]]
    stage.tell.say(f"跑动结论：{VERDICTS[seen.verdict]}，依据 {len(verdict['reasons'])} 条")


async def _certificates(citizen: Person, kind: str) -> int:
    def held(data: Data) -> bool:
        return any(edge["node"]["kind"] == kind for edge in data["certificates"]["edges"])

    data = await citizen.ask_until(documents.WALLET, held, what=f"the certificate {kind}")
    return sum(edge["node"]["kind"] == kind for edge in data["certificates"]["edges"])


async def _call_app(stage: Stage, token: str, path: str, body: Data) -> Data:
    """Call the mini-app's own back end, as its page does."""
    async with httpx.AsyncClient(timeout=30, trust_env=False) as page:
        reply = await page.post(stage.app_url + path, json=body, headers={"authorization": f"Bearer {token}"})
    answer: Data = reply.json()
    assert reply.is_success, f"the mini-app answered {reply.status_code}: {answer}"
    return answer


def _reused(materials: list[dict[str, Any]]) -> int:
    return sum(material["way"] in REUSED for material in materials)


def _address(stage: Stage) -> str:
    return f"杭州市西湖区文三路{stage.draw.randrange(1, 500)}号{stage.draw.randrange(1, 20)}幢"


def _own_facts(citizen: Person) -> list[Data]:
    told = citizen.told
    return [
        text("applicant_name", told["name"]),
        text("applicant_id", told["number"]),
        text("phone", told["phone"]),
    ]


def _permit_form(stage: Stage, citizen: Person) -> list[Data]:
    since = f"2026-{stage.draw.randrange(1, 5):02d}-{stage.draw.randrange(1, 28):02d}"
    return [*_own_facts(citizen), text("address", _address(stage)), text("since", since)]


def _rent_form(stage: Stage, citizen: Person) -> list[Data]:
    return [
        text("account", f"{stage.draw.randrange(10**11):011d}"),
        text("bank_card", f"62{stage.draw.randrange(10**17):017d}"),
        {"id": "monthly_rent", "number": stage.draw.randrange(15, 80) * 10_000},
        yes("no_home", True),
        text("phone", citizen.told["phone"]),
    ]

"""Cases through GraphQL: the citizen's side, a mini-app's, and the desk's."""

from banshi.scopes import Scope
from identity.departments import competent
from tests.identity.factories import WANG, make_person
from tests.miniapps.cases.factories import (
    CODE,
    NOON,
    ORIGINAL,
    PHOTO,
    a_citizen,
    a_clerk,
    a_submitted_case,
    a_town,
    an_instant_item,
    an_item,
    hold,
)

ANSWERS = [{"id": "marital", "text": "未婚"}]
FORM = [{"id": "address", "text": "西湖区文三路1号"}]
DRAFT = {"code": CODE, "answers": ANSWERS, "form": FORM}

PREPARE = """query ($code: String!, $answers: [Answer!]!) { preparation(code: $code, answers: $answers) {
  name unknown uploads problems { field code } maybe barred
  materials { kind required settled way ways promise holding { source kind trust } } } }"""
START = """mutation ($draft: CaseDraft!, $key: String!) {
  startCase(draft: $draft, idempotencyKey: $key) { id state number appId } }"""
EDIT = """mutation ($id: UUID!, $edit: CaseEdit!) {
  editCase(id: $id, edit: $edit) { state delivery filledIn { form { id text } } } }"""
SUBMIT = """mutation ($id: UUID!, $key: String!) {
  submitCase(id: $id, idempotencyKey: $key) { id state number outcome certificateId department } }"""
WHOLE = """query ($id: UUID!) { case(id: $id) { id number state outcome
  clocks { kind days dueOn basis overdueAt metAt } stops { matter notice startedOn endedOn }
  materials { kind way electronic trust promise handedAt } corrections { number repeated defects { kind } }
  timeline { verb fromState toState byRule reason effects } decision { outcome reason review evidence }
  filledIn { answers { id text } form { id text } } } }"""
LIST = """query ($first: Int!, $after: String) { cases(first: $first, after: $after) {
  edges { node { number state department clocks { kind dueOn } materials { kind way } timeline { verb } } }
  pageInfo { hasNextPage endCursor } } }"""
DESK = """query ($states: [CaseState!], $overdue: Boolean!) {
  deskCases(states: $states, overdue: $overdue, first: 50) { edges { node { id state } } } }"""


def act(name, arguments="", types=""):
    """A mutation on one case."""
    return f"mutation ($id: UUID!{types}) {{ {name}(id: $id{arguments}) {{ id state outcome decline }} }}"


def code_of(answer):
    return answer["errors"][0]["extensions"]["code"]


async def test_a_citizen_prepares_applies_and_is_decided_at_once(db, ask):
    await a_town(an_instant_item())
    citizen = a_citizen()

    before = await ask(PREPARE, actor=citizen, code=CODE, answers=ANSWERS)
    await hold(citizen)
    after = await ask(PREPARE, actor=citizen, code=CODE, answers=ANSWERS)
    started = await ask(START, actor=citizen, draft={"code": CODE}, key="s")
    draft = started["data"]["startCase"]["id"]
    edit = {"answers": ANSWERS, "form": FORM, "delivery": "ELECTRONIC"}
    edited = await ask(EDIT, actor=citizen, id=draft, edit=edit)
    done = [await ask(SUBMIT, actor=citizen, id=draft, key="k") for _ in range(2)]
    whole = (await ask(WHOLE, actor=citizen, id=draft))["data"]["case"]

    assert before["data"]["preparation"]["uploads"] == 1
    assert before["data"]["preparation"]["materials"][1]["ways"] == ["UPLOAD", "PAPER"]
    assert after["data"]["preparation"]["uploads"] == 0
    assert after["data"]["preparation"]["materials"][1]["holding"]["source"] == "wallet"
    assert edited["data"]["editCase"]["filledIn"]["form"] == FORM
    assert done[0] == done[1]
    assert done[0]["data"]["submitCase"]["state"] == "DELIVERED"
    assert done[0]["data"]["submitCase"]["certificateId"]
    assert [line["verb"] for line in whole["timeline"]][-1] == "DELIVER"
    assert whole["decision"]["evidence"] == ['marital == "未婚"']
    assert {clock["kind"] for clock in whole["clocks"]} == {"ACCEPTANCE", "PROMISED", "STATUTORY", "DELIVERY"}


async def test_unknown_questions_and_promises_are_told(db, ask):
    await a_town()
    citizen = a_citizen()

    blank = (await ask(PREPARE, actor=citizen, code=CODE, answers=[]))["data"]["preparation"]
    married = [{"id": "marital", "text": "已婚"}]
    found = (await ask(PREPARE, actor=citizen, code=CODE, answers=married))["data"]["preparation"]

    assert (blank["unknown"], blank["maybe"]) == (["marital"], ["结婚证"])
    assert found["materials"][2]["way"] == "COMMITMENT"
    assert "承诺" in found["materials"][2]["promise"]


async def test_a_mini_app_sees_and_submits_only_what_was_opened_in_it(db, ask):
    await a_town()
    granted = frozenset({Scope.CASES_READ, Scope.CASES_WRITE, Scope.MATERIALS_READ})
    citizen = a_citizen()
    helper = a_citizen(person_id=citizen.person_id, app_id="rent-helper", scopes=granted)
    elsewhere = await a_submitted_case(citizen)

    started = await ask(START, actor=helper, draft=DRAFT, key="s")
    mine = started["data"]["startCase"]
    submitted = await ask(SUBMIT, actor=helper, id=mine["id"], key="k")
    listed = await ask(LIST, actor=helper, first=10)
    foreign = await ask(WHOLE, actor=helper, id=str(elsewhere.id))
    desk = await ask(DESK, actor=helper, overdue=False)

    assert mine["appId"] == "rent-helper"
    assert submitted["data"]["submitCase"]["state"] == "SUBMITTED"
    [edge] = listed["data"]["cases"]["edges"]
    ways = {row["kind"]: row["way"] for row in edge["node"]["materials"]}
    assert ways == {"id_card": "IDENTITY", "lease_contract": "WALLET"}
    assert code_of(foreign) == "CASE_NOT_FOUND"
    assert code_of(desk) == "SCOPE_MISSING"


async def test_a_page_costs_the_same_queries_however_long(db, ask):
    await a_town()
    citizen = a_citizen()
    counts = []
    for _ in range(2):
        for _ in range(2):
            await a_submitted_case(citizen)
        await ask(LIST, actor=citizen, first=10)  # new connections look types up once
        db.clear()
        page = (await ask(LIST, actor=citizen, first=10))["data"]["cases"]
        counts.append((len(page["edges"]), len(db)))

    assert [length for length, _ in counts] == [2, 4]
    assert counts[0][1] == counts[1][1] <= 8  # the page, a department, and two for each of three links


async def test_pages_follow_each_other(db, ask):
    await a_town()
    citizen = a_citizen()
    for _ in range(3):
        await a_submitted_case(citizen)

    first = (await ask(LIST, actor=citizen, first=2))["data"]["cases"]
    rest = (await ask(LIST, actor=citizen, first=2, after=first["pageInfo"]["endCursor"]))["data"]["cases"]

    numbers = [edge["node"]["number"] for page in (first, rest) for edge in page["edges"]]
    assert len(set(numbers)) == 3
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)


async def test_the_desk_carries_a_case_from_acceptance_to_delivery(db, ask):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    case = await a_submitted_case(citizen)
    steps = [
        (act("acceptCase"), {}),
        (act("reviewCase"), {}),
        (act("pauseCase", ", matter: HEARING, notice: $w", ", $w: String!"), {"w": "听证"}),
        (act("resumeCase"), {}),
        (act("extendCase", ', reason: $w, approvedBy: "局长"', ", $w: String!"), {"w": "复杂"}),
        (act("decideCase", ", outcome: REFUSED, reason: $w", ", $w: String!"), {"w": "不符合条件"}),
        (act("completeCase"), {}),
    ]

    answers = [await ask(text, actor=clerk, id=str(case.id), **more) for text, more in steps]

    assert not [answer for answer in answers if "errors" in answer]
    whole = (await ask(WHOLE, actor=clerk, id=str(case.id)))["data"]["case"]
    assert (whole["state"], whole["outcome"]) == ("DELIVERED", "REFUSED")
    assert "复议" in whole["decision"]["review"]
    assert whole["stops"][0]["matter"] == "HEARING"
    assert code_of(await ask(steps[0][0], actor=clerk, id=str(case.id))) == "CASE_MOVE_REFUSED"


async def test_asking_answering_and_handing_in_papers_over_the_wire(db, ask):
    item = an_item()
    await a_town(an_item(materials=(*item.materials, PHOTO)))
    citizen, clerk = a_citizen(), await a_clerk()
    await hold(citizen)
    draft = {**DRAFT, "choices": [{"kind": "photo", "way": "TOLERATED"}]}
    id_ = (await ask(START, actor=citizen, draft=draft, key="s"))["data"]["startCase"]["id"]
    await ask(SUBMIT, actor=citizen, id=id_, key="k")

    defects = [{"kind": "address", "problem": "请写门牌号"}]
    asked = await ask(
        act("askCorrection", ", defects: $d", ", $d: [Defect!]!"), actor=clerk, id=id_, d=defects
    )
    form = [{"id": "address", "text": "文三路2号"}]
    answered = await ask(
        act("answerCorrection", ', idempotencyKey: "a", form: $f', ", $f: [Answer!]"),
        actor=citizen, id=id_, f=form,
    )  # fmt: skip
    await hold(citizen, "photo")
    hand = act("handPaper", ', kind: "photo", idempotencyKey: "h"')
    handed = [await ask(hand, actor=citizen, id=id_) for _ in range(2)]

    assert asked["data"]["askCorrection"]["state"] == "CORRECTING"
    assert answered["data"]["answerCorrection"]["state"] == "SUBMITTED"
    assert handed[0] == handed[1] and "errors" not in handed[0]


async def test_side_exits_over_the_wire(db, ask):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    right = str((await competent("civil_affairs", "330106")).id)
    withdrawn, declined, voided, forwarded = [str((await a_submitted_case(citizen)).id) for _ in range(4)]
    discarded = (await ask(START, actor=citizen, draft=DRAFT, key="s"))["data"]["startCase"]["id"]
    for id_ in (voided, forwarded):
        await ask(act("acceptCase"), actor=clerk, id=id_)

    withdraw = act("withdrawCase", ', idempotencyKey: "w"')
    answers = [
        *[await ask(withdraw, actor=citizen, id=withdrawn) for _ in range(2)],
        await ask(
            act("declineCase", ', kind: WRONG_ORGAN, reason: "不归我们管", rightOrgan: $o', ", $o: UUID!"),
            actor=clerk, id=declined, o=right,
        ),
        await ask(act("voidCase", ', reason: "重复"'), actor=clerk, id=voided),
        await ask(
            act("forwardCase", ', reason: "须上级审批", toDepartment: $o', ", $o: UUID!"),
            actor=clerk, id=forwarded, o=right,
        ),
    ]  # fmt: skip
    gone = await ask("mutation ($id: UUID!) { discardCase(id: $id) }", actor=citizen, id=discarded)

    states = [next(iter(answer["data"].values()))["state"] for answer in answers]
    assert states == ["WITHDRAWN", "WITHDRAWN", "DECLINED", "VOIDED", "FORWARDED"]
    assert gone["data"]["discardCase"] == discarded


async def test_the_queue_holds_the_departments_cases_and_those_overdue(db, ask):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    ours, late = await a_submitted_case(citizen), await a_submitted_case(citizen)
    await a_submitted_case(citizen, region="330203")
    await ask(act("acceptCase"), actor=clerk, id=str(late.id))
    refuse = act("decideCase", ', outcome: REFUSED, reason: "晚了"')
    await ask(refuse, actor=clerk, id=str(late.id), now=NOON.replace(month=12, day=31))

    everything = await ask(DESK, actor=clerk, overdue=False)
    waiting = await ask(DESK, actor=clerk, states=["SUBMITTED"], overdue=False)
    overdue = await ask(DESK, actor=clerk, overdue=True)
    found = await ask("query ($n: String!) { caseByNumber(number: $n) { id } }", actor=clerk, n=ours.number)

    def ids(answer):
        return {edge["node"]["id"] for edge in answer["data"]["deskCases"]["edges"]}

    assert ids(everything) == {str(ours.id), str(late.id)}
    assert ids(waiting) == {str(ours.id)}
    assert ids(overdue) == {str(late.id)}
    assert found["data"]["caseByNumber"]["id"] == str(ours.id)


async def test_a_window_elsewhere_receives_and_only_an_authorised_one_accepts(db, ask):
    await a_town(an_item(materials=(an_item().materials[0],)))
    person = await make_person(WANG)
    window, organ = await a_clerk("housing_fund", "330203"), await a_clerk()
    receive = """mutation ($n: String!, $draft: CaseDraft!) { receiveCase(idNumber: $n, draft: $draft,
      evidence: "读取居民身份证", idempotencyKey: "r") { id state receivedBy departmentId } }"""
    authorise = """mutation ($d: UUID!) { authoriseDepartment(departmentId: $d, basis: "委托书1号") }"""
    draft = {**DRAFT, "region": "330106"}

    received = [await ask(receive, actor=window, n=WANG.number, draft=draft) for _ in range(2)]
    case = received[0]["data"]["receiveCase"]
    refused = await ask(act("acceptCase"), actor=window, id=case["id"])
    unknown = await ask(receive, actor=window, n="110101199001010015", draft=draft)
    await ask(authorise, actor=organ, d=str(window.acting_for))
    accepted = await ask(act("acceptCase"), actor=window, id=case["id"])
    own = await ask(WHOLE, actor=a_citizen(person_id=person.id), id=case["id"])

    assert received[0] == received[1]
    assert (case["receivedBy"], case["departmentId"]) == (str(window.acting_for), str(organ.acting_for))
    assert code_of(refused) == "CASE_NOT_COMPETENT"
    assert code_of(unknown) in {"CASE_PERSON_UNKNOWN", "NUMBER_CHECKSUM"}
    assert accepted["data"]["acceptCase"]["state"] == "ACCEPTED"
    [card] = own["data"]["case"]["materials"]
    assert (card["way"], card["electronic"]) == ("IDENTITY", False)


async def test_an_original_is_shown_and_the_result_fetched_at_the_window(db, ask):
    await a_town(an_item(materials=(an_item().materials[0], ORIGINAL)))
    citizen, clerk = a_citizen(), await a_clerk()
    draft = {**DRAFT, "delivery": "WINDOW", "choices": [{"kind": "old_licence", "way": "PAPER"}]}
    id_ = (await ask(START, actor=citizen, draft=draft, key="s"))["data"]["startCase"]["id"]
    await ask(SUBMIT, actor=citizen, id=id_, key="k")

    grant = act("decideCase", ", outcome: GRANTED")
    await ask(act("acceptCase"), actor=clerk, id=id_)
    early = await ask(grant, actor=clerk, id=id_)
    show = act("receivePaper", ', kind: "old_licence", idempotencyKey: "p"')
    shown = [await ask(show, actor=clerk, id=id_) for _ in range(2)]
    for text in (grant, act("completeCase")):
        await ask(text, actor=clerk, id=id_)
    delivered = await ask(act("deliverCase"), actor=clerk, id=id_)

    assert code_of(early) == "CASE_PAPERS_OUTSTANDING"
    assert shown[0] == shown[1]
    assert delivered["data"]["deliverCase"]["state"] == "DELIVERED"


async def test_a_clerks_look_is_recorded_before_he_gets_the_answer(db, ask):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    case = await a_submitted_case(citizen)
    db.clear()

    await ask("query ($id: UUID!) { case(id: $id) { state } }", actor=clerk, id=str(case.id))

    assert sum("INSERT INTO audit_row" in statement for statement in db) == 1

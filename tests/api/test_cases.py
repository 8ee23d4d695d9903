"""Cases through GraphQL: the citizen's side, a mini-app's, and the desk's."""

from banshi.scopes import Scope
from identity.departments import competent
from tests.api.case_documents import (
    ANSWERS,
    DESK,
    DRAFT,
    EDIT,
    FORM,
    LIST,
    PREPARE,
    START,
    SUBMIT,
    SUBMIT_AND_SEE,
    WHOLE,
    act,
    code_of,
)
from tests.miniapps.cases.factories import (
    CODE,
    PHOTO,
    a_citizen,
    a_clerk,
    a_submitted_case,
    a_town,
    an_instant_item,
    an_item,
    hold,
)


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
    assert counts[0][1] == counts[1][1] <= 6  # page, audit row, department, and one for each of three links


async def test_handing_in_and_seeing_what_became_of_it_costs_four_statements(db, ask):
    await a_town()
    citizen = a_citizen()
    cases = []
    for key in ("first", "second"):
        await hold(citizen)
        started = await ask(START, actor=citizen, draft=DRAFT, key=f"start {key}")
        cases.append(started["data"]["startCase"]["id"])
    await ask(SUBMIT, actor=citizen, id=cases[0], key="first")
    db.clear()

    done = (await ask(SUBMIT_AND_SEE, actor=citizen, id=cases[1], key="second"))["data"]["submitCase"]

    assert [row["way"] for row in done["materials"]] == ["IDENTITY", "WALLET"]
    assert len(db) == 4  # the draft, what is held, the submission, its materials


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


async def test_what_was_filled_in_is_shown_of_one_case_not_of_a_list(ask, db):
    await a_town()
    citizen = a_citizen()
    await a_submitted_case(citizen)

    answer = await ask("{ cases { edges { node { id filledIn { form { id } } } } } }", actor=citizen)

    assert code_of(answer) == "FIELD_ONE_AT_A_TIME"

"""The clerk's desk through GraphQL."""

from tests.api.case_documents import (
    DESK,
    DRAFT,
    START,
    SUBMIT,
    WHOLE,
    act,
    code_of,
)
from tests.identity.factories import WANG, make_person
from tests.miniapps.cases.factories import (
    NOON,
    ORIGINAL,
    a_citizen,
    a_clerk,
    a_submitted_case,
    a_town,
    an_item,
)


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

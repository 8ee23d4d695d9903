"""Windows elsewhere, powers between departments, and who may not."""

import pytest

from banshi.errors import InvalidInput, NotFound
from identity.errors import NumberRefused
from miniapps.cases import queries, service
from miniapps.cases.errors import (
    CaseNotFound,
    NotApplicant,
    NotCompetent,
    OwnMatter,
    PersonUnknown,
    ReasonMissing,
)
from miniapps.cases.rules import CaseState, Choice, Content, Defect, Verb, Way
from miniapps.cases.service import Correction, Draft, _life
from miniapps.cases.tables import Case
from miniapps.items.errors import ItemNotFound
from tests.identity.factories import WANG, WU, make_person
from tests.miniapps.cases.factories import (
    ANSWERS,
    CODE,
    CONTENT,
    DAY,
    FORM,
    ID_CARD,
    NOON,
    ORIGINAL,
    a_citizen,
    a_clerk,
    a_draft,
    a_submitted_case,
    a_town,
    an_item,
    publish,
)

AT_WINDOW = Content(ANSWERS, FORM, {"old_licence": Choice(Way.PAPER)})


async def receive(clerk, number=WANG.number, content=AT_WINDOW, **rest):
    draft = Draft(code=CODE, region="330106", content=content)
    given = {"evidence": "读取居民身份证", "idempotency_key": "r"} | rest
    return await service.receive(clerk, number, draft, now=NOON, **given)


async def test_a_window_takes_originals_and_answers_for_the_applicant(db):
    await a_town(an_item(materials=(ID_CARD, ORIGINAL)))
    person = await make_person(WANG)
    window, organ = await a_clerk(region="330203"), await a_clerk()

    case = await receive(window)

    assert (case.party_id, case.applicant_id, case.received_by) == (person.id, person.id, window.acting_for)
    assert (await queries.timeline(case))[0].reason == "读取居民身份证"
    card, original = await queries.materials_of(case)
    assert (card.way, card.electronic) == (Way.IDENTITY, False)
    assert (original.way, original.trust, original.handed_at) == (Way.PAPER, "B", NOON)
    await service.ask_correction(organ, case.id, [Defect("old_licence", "缺页")], now=NOON)
    again = await service.answer_correction(
        window, case.id, Correction(), idempotency_key="a", now=NOON + DAY
    )
    assert again.state == CaseState.SUBMITTED


async def test_a_window_receives_only_for_whom_it_has_before_it(db):
    await a_town()
    await make_person(WANG)
    window = await a_clerk()

    with pytest.raises(NotCompetent):
        await receive(a_citizen())
    with pytest.raises(ReasonMissing):
        await receive(window, evidence=" ")
    with pytest.raises(NumberRefused):
        await receive(window, "123")
    with pytest.raises(PersonUnknown):
        await receive(window, WU.number)
    person = await make_person(WU)
    with pytest.raises(OwnMatter):
        await receive(await a_clerk(person_id=person.id), WU.number)

    assert await Case.count() == 0


async def test_an_authorisation_lets_another_department_accept_while_it_lasts(db):
    await a_town(an_item(materials=(ID_CARD,)))
    await make_person(WANG)
    window, organ = await a_clerk(region="330203"), await a_clerk()
    case = await receive(window, content=CONTENT)

    with pytest.raises(NotCompetent):
        await service.accept(window, case.id, now=NOON)
    with pytest.raises(ReasonMissing):
        await service.authorise(organ, window.acting_for, basis="", now=NOON)
    with pytest.raises(NotFound):
        await service.authorise(organ, organ.person_id, basis="委托书", now=NOON)
    with pytest.raises(ItemNotFound):
        await service.authorise(organ, window.acting_for, code="1" * 13, basis="委托书", now=NOON)
    await publish(an_item(code=CODE[:-1] + "9"))
    for code, until in ((CODE[:-1] + "9", None), (CODE, NOON.date() - DAY)):
        await service.authorise(
            organ, window.acting_for, code=code, basis="委托书", valid_until=until, now=NOON
        )
    with pytest.raises(NotCompetent):
        await service.accept(window, case.id, now=NOON)
    await service.authorise(organ, window.acting_for, code=CODE, basis="委托书1号", now=NOON)

    assert (await service.accept(window, case.id, now=NOON)).state == CaseState.ACCEPTED


async def test_powers_and_bars_are_for_clerks(db):
    citizen = a_citizen()

    with pytest.raises(NotCompetent):
        await service.authorise(citizen, citizen.person_id, basis="委托书", now=NOON)
    with pytest.raises(NotCompetent):
        await service.bar_commitments(citizen, citizen.person_id, reason="不实", now=NOON)
    with pytest.raises(NotCompetent):
        await service.repair_commitments(citizen, citizen.person_id, basis="修复", now=NOON)


async def test_regions_and_keys_have_their_form(db):
    await a_town()
    citizen = a_citizen()

    with pytest.raises(InvalidInput, match="region"):
        await a_draft(citizen, region="110101")
    for key in ("", "k" * 81):
        with pytest.raises(InvalidInput, match="idempotencyKey"):
            await service.open_draft(citizen, Draft(code=CODE), idempotency_key=key, now=NOON)


async def test_a_draft_is_nobodys_but_the_applicants(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    draft = await a_draft(citizen)

    with pytest.raises(CaseNotFound):
        await service.discard_draft(clerk, draft.id, now=NOON)
    with pytest.raises(NotApplicant):
        await _life.check_hand(clerk, draft, Verb.DISCARD, now=NOON)


async def test_a_number_finds_a_case_for_whoever_may_see_it(db):
    await a_town()
    citizen, clerk = a_citizen(), await a_clerk()
    case = await a_submitted_case(citizen)

    found = await service.look_up(clerk, case.number, now=NOON)
    hidden = await service.look_up(await a_clerk("education"), case.number, now=NOON)

    assert (found.id, hidden) == (case.id, None)

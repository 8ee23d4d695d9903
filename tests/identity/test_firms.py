"""Firms: known by their credit code, vouched for by the register, struck off for good."""

from dataclasses import replace

import pytest

from identity import firms, registries, sandbox
from identity.errors import CreditCodeRefused
from identity.numbers import credit_code
from identity.registries import Registries
from identity.relation_errors import NotRepresentative
from identity.sandbox import FIRM_BY_KEY, FIRMS, SandboxRegistries
from tests.identity.factories import NOON, make_person

QINGSHAN = FIRM_BY_KEY["qingshan"].facts
LIN = sandbox.BY_KEY["lin_hai"]


@pytest.fixture(autouse=True)
def known() -> SandboxRegistries:
    made = SandboxRegistries(production=False)
    registries.configure(Registries(firms=made, families=made))
    return made


@pytest.mark.parametrize("firm", FIRMS, ids=lambda firm: firm.key)
def test_every_sandbox_firm_has_a_valid_code_and_a_representative(firm):
    assert credit_code(firm.facts.code) == firm.facts.code
    assert firm.representative in sandbox.BY_KEY


def test_production_has_no_sandbox_registers():
    with pytest.raises(ValueError, match="sandbox"):
        SandboxRegistries(production=True)


async def test_register_vouches_for_the_representative_however_he_types_the_code(db):
    lin = await make_person(LIN)

    proof = await firms.ask_representative(lin, f" {QINGSHAN.code.lower()} ", now=NOON)

    assert proof.firm == QINGSHAN
    assert proof.evidence_id and LIN.number not in proof.evidence_id


async def test_unknown_firm_and_somebody_else_s_are_refused_in_the_same_words(db):
    wang = await make_person()
    unknown = sandbox.FIRM_BY_KEY["qingshan"].facts.code[:8] + "0000099"

    told = []
    for code in (QINGSHAN.code, firms.numbers.with_credit_check(unknown.ljust(17, "7"))):
        with pytest.raises(NotRepresentative) as refused:
            await firms.ask_representative(wang, code, now=NOON)
        told.append(str(refused.value))

    assert told[0] == told[1]


async def test_code_that_cannot_be_one_is_not_asked_for(db):
    with pytest.raises(CreditCodeRefused):
        await firms.ask_representative(await make_person(LIN), "91110000600007156T", now=NOON)


async def test_firm_is_one_row_that_follows_the_register(db):
    first = await firms.ensure(QINGSHAN, now=NOON)
    await firms.close(first.id, now=NOON)

    again = await firms.ensure(replace(QINGSHAN, name="改名有限公司"), now=NOON)

    assert (again.id, again.name, again.closed_at) == (first.id, "改名有限公司", None)
    assert list(await firms.by_ids([first.id, (await make_person()).id])) == [first.id]

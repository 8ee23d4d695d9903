"""The fine lock: a rule shows a row to those it names and to nobody else."""

import pytest

from banshi.scopes import GRANTABLE, Scope
from identity.actor import ANONYMOUS, WORKER, Actor
from identity.roles import SCOPES, Role
from identity.visibility import (
    Among,
    Holds,
    Is,
    Narrowed,
    Same,
    Visibility,
    Whole,
    as_sql,
    for_asks,
    where,
)
from storage.clock import system_now
from storage.ids import new_id
from storage.outbox import OutboxRow

MINE, OTHER = new_id(), new_id()


def an_actor(role: Role = Role.CITIZEN, **facts) -> Actor:
    return Actor(
        person_id=MINE, acting_for=MINE, roles=frozenset({role}), scopes=SCOPES[role], level=3, **facts
    )


@pytest.fixture
async def rows(db):
    facts = [(MINE, "a", "open"), (OTHER, "b", "open"), (OTHER, "a", "shut")]
    for seq, (party_id, app_id, kind) in enumerate(facts):
        await OutboxRow.insert(
            OutboxRow(
                seq=seq, type=kind, party_id=party_id, app_id=app_id, payload="{}", not_before=system_now()
            )
        )


async def seen(rule: Visibility, actor: Actor) -> list[int]:
    return (
        await OutboxRow.select(OutboxRow.seq)
        .where(where(rule, actor))
        .order_by(OutboxRow.seq)
        .output(as_list=True)
    )


OWN = ((Same(OutboxRow.party_id, "acting_for"),),)


@pytest.mark.parametrize(
    ("rule", "actor", "expected"),
    [
        (OWN, an_actor(), [0]),
        (OWN, ANONYMOUS, []),
        (OWN, WORKER, [0, 1, 2]),
        ((), an_actor(), []),
        (((Holds(Role.AUDITOR),),), an_actor(), []),
        (((Holds(Role.AUDITOR),),), an_actor(Role.AUDITOR), [0, 1, 2]),
        (((Is(OutboxRow.type, "open"),),), ANONYMOUS, [0, 1]),
        (((Is(OutboxRow.type, "open"), Same(OutboxRow.app_id, "app_id")),), an_actor(app_id="b"), [1]),
        ((*OWN, (Is(OutboxRow.type, "shut"),)), an_actor(), [0, 2]),
        (((Holds(Role.CLERK), Is(OutboxRow.type, "shut")), *OWN), an_actor(), [0]),
    ],
    ids=[
        "own",
        "visitor",
        "worker",
        "empty",
        "lacks role",
        "has role",
        "constant",
        "and",
        "or",
        "role in and",
    ],
)
async def test_rule_shows_what_it_says(rows, rule, actor, expected):
    assert await seen(rule, actor) == expected


async def test_two_callers_at_once_see_only_their_own(rows):
    other = Actor(person_id=OTHER, acting_for=OTHER, roles=frozenset(), scopes=frozenset(), level=1)

    assert await seen(OWN, an_actor()) == [0]
    assert await seen(OWN, other) == [1, 2]


def test_who_defines_an_item_cannot_publish_it():
    assert Scope.ITEMS_PUBLISH not in SCOPES[Role.ITEM_DEFINER]
    assert Scope.ITEMS_WRITE not in SCOPES[Role.OPERATOR]


def test_no_mini_app_can_be_granted_a_staff_scope():
    staff = (SCOPES[Role.CLERK] | SCOPES[Role.OPERATOR] | SCOPES[Role.MAINTAINER]) - SCOPES[Role.CITIZEN]

    assert not GRANTABLE & staff


def test_every_role_has_its_scopes():
    assert set(SCOPES) == set(Role)


def test_a_rule_is_a_template_for_everybody_in_a_role() -> None:
    rule: Visibility = (
        (Holds(Role.CITIZEN), Same(OutboxRow.party_id, "acting_for")),
        (Holds(Role.CLERK), Same(OutboxRow.app_id, "app_id")),
        (Is(OutboxRow.type, "it's {open}"),),
    )

    public = "({t}.type = 'it''s {{open}}')"
    assert as_sql(rule, Role.CITIZEN) == f"({{t}}.party_id = {{v.acting_for}}) OR {public}"
    assert as_sql(rule, Role.CLERK) == f"({{t}}.app_id = {{v.app_id}}) OR {public}"


def test_a_rule_that_nobody_in_the_role_meets_shows_nothing() -> None:
    assert as_sql(((Holds(Role.CLERK),),), Role.CITIZEN) == "false"


def test_a_rule_is_a_condition_for_who_asks_with_all_his_roles() -> None:
    rule: Visibility = (
        (Holds(Role.CITIZEN), Same(OutboxRow.party_id, "acting_for")),
        (Holds(Role.CLERK), Same(OutboxRow.app_id, "app_id"), Is(OutboxRow.type, "{open}")),
    )
    own, desk = "(fact.party_id = asks.acting_for)", "(fact.app_id = asks.app_id AND fact.type = '{open}')"

    assert for_asks(rule, frozenset({Role.CITIZEN}), row="fact") == f"({own})"
    assert for_asks(rule, frozenset({Role.CITIZEN, Role.CLERK}), row="fact") == f"({own} OR {desk})"
    assert for_asks(rule, frozenset({Role.OPERATOR}), row="fact") == "(false)"
    assert for_asks(rule, frozenset(), row="fact") == "(false)"
    assert for_asks(rule, frozenset({Role.SERVICE}), row="fact") == "true"


LISTED: Visibility = ((Holds(Role.CITIZEN), Same(OutboxRow.party_id, "acting_for"), Among(OutboxRow.app_id)),)
WHOLE: Visibility = (
    (Whole(), Same(OutboxRow.party_id, "acting_for")),
    (Narrowed(), Is(OutboxRow.type, "shut")),
)


@pytest.mark.parametrize(
    ("rule", "codes", "expected"),
    [
        (LISTED, None, [0]), (LISTED, frozenset({"a"}), [0]), (LISTED, frozenset({"b"}), []),
        (LISTED, frozenset(), []), (WHOLE, None, [0]), (WHOLE, frozenset({"a"}), [2]),
    ],
)  # fmt: skip
async def test_a_mandate_for_some_items_shows_these_only(rows, rule, codes, expected) -> None:
    assert await seen(rule, an_actor(codes=codes)) == expected


def test_plans_serve_nobody_who_is_narrowed_and_statements_name_his_items() -> None:
    own = "party_id = asks.acting_for"
    citizen = frozenset({Role.CITIZEN})

    assert as_sql(LISTED, Role.CITIZEN) == "({t}.party_id = {v.acting_for})"
    assert as_sql(WHOLE, Role.CITIZEN) == "({t}.party_id = {v.acting_for})"
    assert for_asks(LISTED, citizen, row="fact") == f"((fact.{own}))"
    narrowed = for_asks(LISTED, citizen, row="fact", narrowed=True)
    assert narrowed == f"((fact.{own} AND fact.app_id = ANY(asks.codes)))"
    assert for_asks(WHOLE, citizen, row="fact", narrowed=True) == "((fact.type = 'shut'))"

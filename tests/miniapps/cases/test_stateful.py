"""The life of cases against a model: whatever is tried, in any order, database and table agree."""

import asyncio
from datetime import timedelta
from itertools import pairwise

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from banshi.errors import DomainError
from identity import departments
from miniapps.cases import queries, rules, service
from miniapps.cases.errors import MoveRefused
from miniapps.cases.rules import CaseState, Decline, Defect, Outcome, Verb
from miniapps.cases.service import Correction, Edit
from miniapps.items.rules import Delivery, Procedure
from storage import db as storage_db
from storage.ids import new_id
from tests.miniapps.cases.factories import (
    NOON,
    a_citizen,
    a_clerk,
    a_draft,
    a_town,
    an_item,
    fresh,
)

BLURRED = [Defect("address", "请写门牌号")]


class Life(RuleBasedStateMachine):
    """One case, every verb, time moving on; the model is the table and the last answer."""

    database_url: str

    @initialize()
    def begin(self):
        self.loop = asyncio.new_event_loop()
        self.now, self.state, self.steps = NOON, CaseState.DRAFT, 0
        self.run(self._begin())

    def run(self, coroutine):
        return self.loop.run_until_complete(coroutine)

    async def _begin(self):
        storage_db.DB.config = {"dsn": self.database_url}
        await storage_db.DB.start_connection_pool(min_size=1, max_size=2)
        if not await departments.by_places("housing_fund", ["330106"]):
            await a_town(an_item(materials=(an_item().materials[0],), delivery=(Delivery.WINDOW,)))
        self.citizen, self.clerk = a_citizen(), await a_clerk()
        self.other = (await departments.competent("civil_affairs", "330106")).id
        self.case = await a_draft(self.citizen)

    def teardown(self):
        if hasattr(self, "loop"):
            self.run(storage_db.disconnect())
            self.loop.close()

    @rule(days=st.integers(min_value=1, max_value=3))
    def time_passes(self, days):
        self.now += timedelta(days=days)

    @rule(verb=st.sampled_from([verb for verb in Verb if verb not in {Verb.DISCARD, Verb.HAND_PAPER}]))
    def try_a_verb(self, verb):
        allowed = verb in rules.MOVES[self.state]
        try:
            case = self.run(self._do(verb))
        except MoveRefused:
            assert not allowed
        except DomainError as refusal:
            assert allowed and refusal.code in {
                "CASE_TOO_LATE_TO_ASK", "CASE_SECOND_CORRECTION", "CASE_EXTENSION_REFUSED",
            }  # fmt: skip
        else:
            assert allowed
            self.state = rules.MOVES[self.state][verb]
            self.steps += verb is not Verb.EDIT
            assert case.state == self.state

    async def _do(self, verb):
        id_, now, key = self.case.id, self.now, new_id().hex
        citizen, clerk = self.citizen, self.clerk
        address = Correction(form={"address": f"文三路{self.steps}号"})
        calls = {
            Verb.EDIT: lambda: service.edit_draft(citizen, id_, Edit(choices={}), now=now),
            Verb.SUBMIT: lambda: service.submit(citizen, id_, idempotency_key=key, now=now),
            Verb.ASK_CORRECTION: lambda: service.ask_correction(clerk, id_, BLURRED, now=now),
            Verb.ANSWER_CORRECTION: lambda: service.answer_correction(
                citizen, id_, address, idempotency_key=key, now=now
            ),
            Verb.DECLINE: lambda: service.decline(clerk, id_, Decline.RETURNED, reason="退件", now=now),
            Verb.ACCEPT: lambda: service.accept(clerk, id_, now=now),
            Verb.REVIEW: lambda: service.review(clerk, id_, now=now),
            Verb.PAUSE: lambda: service.pause(clerk, id_, Procedure.HEARING, notice="听证", now=now),
            Verb.RESUME: lambda: service.resume(clerk, id_, now=now),
            Verb.EXTEND: lambda: service.extend(clerk, id_, reason="复杂", approved_by="局长", now=now),
            Verb.DECIDE: lambda: service.decide(clerk, id_, Outcome.REFUSED, reason="不符", now=now),
            Verb.COMPLETE: lambda: service.complete(clerk, id_, now=now),
            Verb.DELIVER: lambda: service.deliver(clerk, id_, now=now),
            Verb.WITHDRAW: lambda: service.withdraw(citizen, id_, now=now),
            Verb.VOID: lambda: service.void(clerk, id_, reason="重复", now=now),
            Verb.FORWARD: lambda: service.forward(clerk, id_, self.other, reason="上级", now=now),
        }
        if self.state is CaseState.DRAFT and verb not in rules.MOVES[CaseState.DRAFT]:
            clerk = citizen  # a clerk sees no draft; whoever does is no clerk, so ask the table itself
            rules.move(self.state, verb)
        return await calls[verb]()

    @rule()
    def the_sweep_comes_by(self):
        self.run(service.sweep_overdue(now=self.now))
        case = self.run(fresh(self.case))
        if case.state != self.state:
            assert (self.state, case.state) == (CaseState.SUBMITTED, CaseState.ACCEPTED)
            assert case.accepted_by_silence
            self.state, self.steps = CaseState.ACCEPTED, self.steps + 1

    @invariant()
    def the_database_agrees(self):
        if hasattr(self, "case"):
            self.run(self._agree())

    async def _agree(self):
        case = await fresh(self.case)
        timeline = await queries.timeline(case)
        clocks = await queries.clocks(case)
        assert case.state == self.state
        assert (case.ended_at is not None) is (self.state in rules.ENDED)
        assert len(timeline) == self.steps
        assert all(one.to_state == two.from_state for one, two in pairwise(timeline))
        if self.state in rules.ENDED:
            assert all(clock.met_at for clock in clocks)
        if self.state is not CaseState.PAUSED:
            assert not [clock for clock in clocks if clock.stopped_on]


def test_whatever_is_tried_the_database_and_the_table_agree(postgres, database):
    Life.database_url = postgres.url("app", database)
    few = settings(
        max_examples=12, stateful_step_count=15, deadline=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip

    run_state_machine_as_test(Life, settings=few)

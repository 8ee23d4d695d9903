"""Rows of cases.  All belong to a party, but for the powers between departments at the end."""

from piccolo.columns import (
    JSONB,
    UUID,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from miniapps.cases.rules import CaseState, Clock, Decline, Outcome, Verb, Way
from miniapps.items.rules import Delivery, Procedure, Unit
from miniapps.items.tables import ItemVersion
from storage.checks import one_of
from storage.db import DB
from storage.ids import new_id


class Case(Table, db=DB, tablename="case_file"):
    """One application by one party for one service item (办件)."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID(default=None)  # whose matter it is
    applicant_id = UUID(default=None)  # the person who acts
    beneficiary_id = UUID(null=True, default=None)  # for example the newborn; null: the party itself
    app_id = Varchar(64, null=True, default=None)  # the mini-app it was opened in
    number = Varchar(21, null=True, default=None)  # from submission on
    item_version = ForeignKey(ItemVersion, null=False, on_delete=OnDelete.restrict)
    code = Varchar(12)  # the item's catalogue code, repeated for lists
    title = Varchar(200)  # the item's name, repeated for lists
    region = Varchar(6)  # GB/T 2260: where it is handled
    department_id = UUID(null=True, default=None)  # the competent organ; null in a draft
    received_by = UUID(null=True, default=None)  # the department whose window received it; null: online
    state = Varchar(12, choices=CaseState, default=CaseState.DRAFT)
    content = Bytea()  # sealed: answers, form and choices of materials
    delivery = Varchar(12, choices=Delivery, default=Delivery.ELECTRONIC)
    tracking = Varchar(64, null=True, default=None)  # of the parcel, when posted
    opened_at = Timestamptz()
    received_at = Timestamptz(null=True, default=None)  # 收件
    complete_at = Timestamptz(null=True, default=None)  # when the last paper asked for was handed in
    accepted_at = Timestamptz(null=True, default=None)  # 受理
    accepted_by_silence = Boolean(default=False)
    decline = Varchar(12, null=True, choices=Decline, default=None)
    other_organ = UUID(null=True, default=None)  # the right one (不予受理), or where it went (转报)
    decided_at = Timestamptz(null=True, default=None)
    outcome = Varchar(12, null=True, choices=Outcome, default=None)
    decided_by_rule = Boolean(default=False)
    certificate_id = UUID(null=True, default=None)  # what a granted case gave
    completed_at = Timestamptz(null=True, default=None)
    delivered_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)  # when a state without further moves was reached

    case_state_is_known = Check(one_of("state", CaseState))
    case_delivery_is_known = Check(one_of("delivery", Delivery))
    case_decline_is_known = Check(one_of("decline", Decline))
    case_outcome_is_known = Check(one_of("outcome", Outcome))
    case_is_numbered_once_received = Check(
        "(state = 'draft') = (number IS NULL) AND (state = 'draft') = (department_id IS NULL)"
    )
    case_is_declined_with_a_kind = Check("(state = 'declined') = (decline IS NOT NULL)")
    case_is_decided_with_an_outcome = Check(
        "(state IN ('decided', 'completed', 'delivered')) = (outcome IS NOT NULL)"
    )


class CaseMaterial(Table, db=DB, tablename="case_material"):
    """How one needed material of a case is satisfied, pinned to the version that was handed in."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID(default=None)
    case_id = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    kind = Varchar(64)  # as the item names it
    name = Varchar(200)
    way = Varchar(12, choices=Way)
    holding_id = UUID(null=True, default=None)  # certificate or material version
    holding_kind = Varchar(64, null=True, default=None)  # its own kind, when another one serves
    trust = Varchar(1, null=True, default=None)  # A–D
    electronic = Boolean(default=False)  # of electronic origin, nothing of paper was handed over
    receipt_id = UUID(null=True, default=None)  # the use receipt
    promise = Text(null=True, default=None)  # 告知承诺: the words, as the applicant confirmed them
    handed_at = Timestamptz(null=True, default=None)  # null: it is still to follow
    due_on = Date(null=True, default=None)  # 容缺: when it has to be there
    replaced_at = Timestamptz(null=True, default=None)  # a correction put another in its place

    case_material_way_is_known = Check(one_of("way", Way))
    case_material_promise_has_words = Check("(way = 'commitment') = (promise IS NOT NULL)")


class CaseClock(Table, db=DB, tablename="case_clock"):
    """One clock of a case and the law or promise it rests on."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID(default=None)
    case_id = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    kind = Varchar(12, choices=Clock)
    basis = Text()
    starts_on = Date()  # local date, not counted
    days = Integer()
    unit = Varchar(8, choices=Unit, default=Unit.WORKDAY)  # what `days` and `stopped_days` count
    extended_days = Integer(default=0)  # always working days
    stopped_days = Integer(default=0)  # inside ended stops
    stopped_on = Date(null=True, default=None)  # while it stands still
    due_on = Date()  # local date, counted to its end
    provisional = Boolean(default=False)  # the year of `due_on` has no calendar notice yet
    met_at = Timestamptz(null=True, default=None)
    overdue_at = Timestamptz(null=True, default=None)  # when it was found overdue

    case_clock_kind_is_known = Check(one_of("kind", Clock))
    case_clock_unit_is_a_day = Check(one_of("unit", (Unit.WORKDAY, Unit.DAY)))
    case_clock_is_one_of_a_kind = Unique([party_id, case_id, kind])


class CaseStop(Table, db=DB, tablename="case_stop"):
    """A span in which the clocks stand still for a listed matter, told in writing."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID(default=None)
    case_id = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    matter = Varchar(16, choices=Procedure)
    notice = Text()
    started_on = Date()
    ended_on = Date(null=True, default=None)

    case_stop_matter_is_listed = Check(one_of("matter", Procedure))
    case_stop_ends_after_it_began = Check("ended_on >= started_on")


class CaseCorrection(Table, db=DB, tablename="case_correction"):
    """One notice of everything that is missing (补正告知)."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID(default=None)
    case_id = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    number = Integer()  # 1, 2 …
    repeated = Boolean(default=False)  # a further notice, about newly handed papers: flagged
    defects = JSONB()  # [{"kind": …, "problem": …}]
    asked_at = Timestamptz()
    answered_at = Timestamptz(null=True, default=None)
    handed = JSONB(default=[])  # kinds and fields that the answer brought: a further notice may name these

    case_correction_number_is_unique = Unique([party_id, case_id, number])
    case_correction_repeats_from_the_second = Check("(number > 1) = repeated")


class CaseDecision(Table, db=DB, tablename="case_decision"):
    """What was decided, why, and where to turn against it.  Append-only."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID(default=None)
    case_id = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    outcome = Varchar(12, choices=Outcome)
    reason = Text()
    review = Text(default="")  # 行政复议
    litigation = Text(default="")  # 行政诉讼
    by_rule = Boolean(default=False)
    evidence = JSONB()  # the rules that held, as their author wrote them
    decided_by = UUID(default=None)
    decided_at = Timestamptz()

    case_decision_is_one = Unique([party_id, case_id])
    case_decision_refusal_names_remedies = Check(
        "outcome = 'granted' OR (reason <> '' AND review <> '' AND litigation <> '')"
    )


class CaseEventRow(Table, db=DB, tablename="case_event"):
    """One line of a case's timeline: who did what, when, from where to where, and why.  Append-only."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID(default=None)
    case_id = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    verb = Varchar(20, choices=Verb)
    from_state = Varchar(12, choices=CaseState)
    to_state = Varchar(12, choices=CaseState)
    person_id = UUID(default=None)
    acting_for = UUID(default=None)  # a department, the party, or our own workers
    by_rule = Boolean(default=False)
    reason = Text(default="")
    effects = JSONB()  # e.g. {"promised": "2026-12-18"}: due dates after it
    at = Timestamptz()

    case_event_verb_is_known = Check(one_of("verb", Verb))


class CaseCommand(Table, db=DB, tablename="case_command"):
    """An idempotency key and what it did; keys of different senders never meet."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID(default=None)
    app_id = Varchar(64, default="")  # the mini-app that sent it; empty: a page or client of the platform
    key = Varchar(80)
    digest = Varchar(64)  # of verb and arguments
    case_id = UUID(default=None)  # no foreign key: a discarded draft leaves its command behind
    at = Timestamptz()

    case_command_key_is_used_once = Unique([party_id, app_id, key])


class CommitmentBar(Table, db=DB, tablename="commitment_bar"):
    """A party whose promises are not taken until repaired.  Source: 国办发〔2020〕42号."""

    id = UUID(primary_key=True, default=new_id)
    party_id = UUID(index=True)
    reason = Text()
    barred_at = Timestamptz()
    repaired_at = Timestamptz(null=True, default=None)


class Authorisation(Table, db=DB, tablename="case_authorisation"):
    """A competent department lets another one accept or decide in its name (授权/委托)."""

    id = UUID(primary_key=True, default=new_id)
    competent_id = UUID(default=None)
    authorised_id = UUID(default=None)
    code = Varchar(12, null=True, default=None)  # one item; null: all of the department's
    basis = Text()
    valid_from = Date()
    valid_until = Date(null=True, default=None)

    case_authorisation_has_a_basis = Check("basis <> ''")

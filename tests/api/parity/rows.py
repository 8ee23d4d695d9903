"""Random rows of the tables that answers are made of, as the columns of each table by name.

Every constraint of the tables is kept and no foreign key: rows also point at what is withdrawn or gone.
"""

from random import Random
from typing import Any
from uuid import UUID

from miniapps.cases.rules import CaseState, Clock, Decline, Outcome, Verb, Way
from miniapps.catalog.rules import IN_REVIEW, AppState, VersionState
from miniapps.items.rules import Delivery, Procedure
from miniapps.materials.rules import REASONS, CertificateState, Source, Trust, UploadState
from miniapps.trips.rules import EXPLANATIONS, Cause, EvidenceKind, PlaceKind, Promise, Verdict
from miniapps.trips.rules import Source as Told
from tests.api.parity.values import day, maybe, moment, text, uuid

Row = dict[str, Any]
DECIDED = (CaseState.DECIDED, CaseState.COMPLETED, CaseState.DELIVERED)


def case(dice: Random, party: UUID, number: int, code: str, offices: list[UUID], apps: list[str]) -> Row:
    state = dice.choice(list(CaseState))
    begun = state != CaseState.DRAFT
    row = {
        "id": uuid(dice), "party_id": party, "applicant_id": party, "beneficiary_id": maybe(dice, uuid(dice)),
        "app_id": dice.choice((None, None, *apps)), "number": f"{number:021d}" if begun else None,
        "item_version": uuid(dice), "code": code, "title": text(dice, 200),
        "region": dice.choice(("330106", "330000", "")), "state": state,
        "department_id": dice.choice(offices) if begun else None,
        "received_by": maybe(dice, dice.choice(offices)),
        "content": "\\x00", "delivery": dice.choice(list(Delivery)), "tracking": maybe(dice, text(dice, 64)),
        "opened_at": moment(dice), "accepted_by_silence": dice.random() < 0.5,
        "decline": dice.choice(list(Decline)) if state == CaseState.DECLINED else None,
        "other_organ": maybe(dice, uuid(dice)), "decided_by_rule": dice.random() < 0.5,
        "outcome": dice.choice(list(Outcome)) if state in DECIDED else None,
        "certificate_id": maybe(dice, uuid(dice)),
    }  # fmt: skip
    moments = ("received", "complete", "accepted", "decided", "completed", "delivered", "ended")
    return row | {f"{name}_at": maybe(dice, moment(dice)) for name in moments}


def clocks(dice: Random, of: Row) -> list[Row]:
    return [
        _of(dice, of) | {
            "kind": kind, "basis": text(dice), "starts_on": day(dice), "days": dice.randrange(-3, 10**9),
            "extended_days": dice.randrange(9), "stopped_days": 0, "stopped_on": maybe(dice, day(dice)),
            "due_on": day(dice), "provisional": dice.random() < 0.5, "met_at": maybe(dice, moment(dice)),
            "overdue_at": maybe(dice, moment(dice)), "unit": dice.choice(("workday", "day")),
        }
        for kind in dice.sample(list(Clock), dice.randrange(4))
    ]  # fmt: skip


def stops(dice: Random, of: Row) -> list[Row]:
    rows = []
    for _ in range(dice.randrange(3)):
        started, ended = sorted((day(dice), day(dice)))
        rows.append(_of(dice, of) | {
            "matter": dice.choice(list(Procedure)), "notice": text(dice), "started_on": started,
            "ended_on": maybe(dice, ended),
        })  # fmt: skip
    return rows


def materials(dice: Random, of: Row) -> list[Row]:
    rows = []
    for _ in range(dice.randrange(5)):
        way = dice.choice(list(Way))
        rows.append(_of(dice, of) | {
            "kind": text(dice, 64), "name": text(dice, 200), "way": way,
            "holding_id": dice.choice((None, uuid(dice), of["party_id"])),
            "trust": dice.choice((None, "A", "D", '"')), "electronic": dice.random() < 0.5,
            "receipt_id": maybe(dice, uuid(dice)), "promise": text(dice) if way == Way.COMMITMENT else None,
            "handed_at": maybe(dice, moment(dice)), "due_on": maybe(dice, day(dice)),
            "replaced_at": moment(dice) if dice.random() < 0.2 else None,
        })  # fmt: skip
    return rows


def events(dice: Random, of: Row) -> list[Row]:
    return [
        _of(dice, of) | {
            "verb": dice.choice(list(Verb)), "from_state": dice.choice(list(CaseState)),
            "to_state": dice.choice(list(CaseState)), "person_id": of["party_id"],
            "acting_for": dice.choice((of["party_id"], uuid(dice))), "by_rule": dice.random() < 0.5,
            "reason": text(dice), "effects": _effects(dice), "at": moment(dice),
        }
        for _ in range(dice.randrange(5))
    ]  # fmt: skip


def _effects(dice: Random) -> Any:
    leaf: tuple[Any, ...] = (None, True, 0, -1, 1.5, 1e22, 2**40, text(dice), [], {}, [[{}], None])
    return dice.choice((
        {}, {"due": day(dice).isoformat()}, {text(dice, 50): dice.choice(leaf) for _ in range(4)},
        {"in": [{"side": dice.choice(leaf)}, dice.choice(leaf)]},
    ))  # fmt: skip


def corrections(dice: Random, of: Row) -> list[Row]:
    return [
        _of(dice, of) | {
            "number": number, "repeated": number > 1, "asked_at": moment(dice),
            "answered_at": maybe(dice, moment(dice)), "handed": [],
            "defects": [
                {"kind": text(dice, 40), "problem": text(dice)} for _ in range(dice.randrange(3))
            ],
        }
        for number in range(1, dice.randrange(1, 4))
    ]  # fmt: skip


def decisions(dice: Random, of: Row) -> list[Row]:
    if of["outcome"] is None and dice.random() < 0.8:
        return []
    return [_of(dice, of) | {
        "outcome": dice.choice(list(Outcome)), "reason": text(dice, least=1), "review": text(dice, least=1),
        "litigation": text(dice, least=1), "by_rule": dice.random() < 0.5,
        "evidence": [text(dice) for _ in range(dice.randrange(3))], "decided_by": uuid(dice),
        "decided_at": moment(dice),
    }]  # fmt: skip


def verdicts(dice: Random, of: Row) -> tuple[list[Row], list[Row]]:
    """Return verdicts of a case, the last of them the latest as a rule, and their reasons."""
    made, reasons = [], []
    for version in range(1, dice.randrange(4)):
        verdict = dice.choice(list(Verdict))
        trips = {Verdict.ONE: 1, Verdict.MANY: dice.randrange(2, 9)}.get(verdict, 0)
        row = _of(dice, of) | {
            "version": version, "latest": False, "verdict": verdict, "trips": trips, "told": False,
            "declared_trips": dice.randrange(3), "promise": dice.choice(list(Promise)),
            "judged_at": moment(dice),
        }  # fmt: skip
        made.append(row)
        for rule, bearing in dice.sample(sorted(EXPLANATIONS), dice.randrange(6)):
            reasons.append({
                "id": uuid(dice), "party_id": of["party_id"], "verdict_id": row["id"], "rule": rule,
                "bearing": bearing, "row_kind": text(dice, 32), "row_id": uuid(dice),
            })  # fmt: skip
    if made and dice.random() < 0.9:
        made[-1]["latest"] = True
    return made, reasons


def visits(dice: Random, of: Row, number: int) -> list[Row]:
    """Return visits whose places are still to be sealed."""
    return [
        _of(dice, of) | {
            "cause": dice.choice(list(Cause)), "place_kind": dice.choice(list(PlaceKind)),
            "place_words": "\\x00", "door": "\\x00", "source": dice.choice(list(Told)),
            "evidence_kind": dice.choice(list(EvidenceKind)), "evidence_reference": f"{number}-{turn}",
            "visited_at": moment(dice), "visited_on": day(dice), "recorded_by": uuid(dice),
            "recorded_for": uuid(dice), "recorded_at": moment(dice), "key": f"{number}-{turn}",
        }
        for turn in range(dice.randrange(4))
    ]  # fmt: skip


def _of(dice: Random, case: Row) -> Row:
    return {"id": uuid(dice), "party_id": case["party_id"], "case_id": case["id"]}


def notices(dice: Random, party: UUID) -> list[Row]:
    return [
        {
            "id": uuid(dice), "party_id": party, "key": str(turn), "kind": text(dice, 80), "parameters": {},
            "title": text(dice, 60, least=1), "body": text(dice, 1_000, least=1),
            "link": maybe(dice, "/" + text(dice, 200)), "told_at": moment(dice),
            "read_at": maybe(dice, moment(dice)),
        }
        for turn in range(dice.choice((0, 1, 5, 20, 101 if dice.random() < 0.1 else 3)))
    ]  # fmt: skip


def wallet(dice: Random, party: UUID) -> dict[str, list[Row]]:
    """Return materials with their versions and files; one in nine has no version, which is an error."""
    found: dict[str, list[Row]] = {"material": [], "material_version": [], "vault_object": []}
    for turn in range(dice.randrange(5)):
        material = {
            "id": uuid(dice), "party_id": party, "kind": text(dice, 60, least=1) + str(turn),
            "title": text(dice, 80), "hidden": dice.random() < 0.1, "created_at": moment(dice),
        }  # fmt: skip
        found["material"].append(material)
        for number in range(1, dice.choice((1, 2, 2, 2, 3, 3, 3, 4, 4))):
            file = {
                "id": uuid(dice), "party_id": party, "fingerprint": f"\\x{uuid(dice).hex}",
                "media_type": text(dice, 40), "size": dice.randrange(2**31), "state": "stored",
                "created_at": moment(dice),
            }  # fmt: skip
            found["vault_object"].append(file)
            found["material_version"].append({
                "id": uuid(dice), "party_id": party, "material": material["id"], "number": number,
                "object": file["id"], "trust": dice.choice(list(Trust)), "created_by": party,
                "created_at": moment(dice), "verified_at": maybe(dice, moment(dice)),
            })  # fmt: skip
    return found


def uploads(dice: Random, party: UUID, number: int) -> list[Row]:
    rows = []
    for turn in range(dice.randrange(3)):
        state = dice.choice(list(UploadState))
        rows.append({
            "id": uuid(dice), "party_id": party, "person_id": party, "idempotency_key": f"{number}-{turn}",
            "kind": text(dice, 64), "title": text(dice, 80), "media_type": "x", "size": 1,
            "fingerprint": "\\x00", "state": state, "starts": 0,
            "reason": dice.choice(list(REASONS)) if state == UploadState.REFUSED else None,
            "version": uuid(dice) if state == UploadState.AVAILABLE else None,
            "requested_at": moment(dice), "expires_at": moment(dice),
        })  # fmt: skip
    return rows


def certificates(dice: Random, party: UUID) -> list[Row]:
    """Return certificates whose words are still to be sealed."""
    return [
        {
            "id": uuid(dice), "party_id": party, "kind": text(dice, 64), "title": text(dice, 80),
            "number": text(dice, 40), "identifier": uuid(dice).hex, "facts": "\\x00", "issuer_id": uuid(dice),
            "issuer_name": text(dice, 120), "case_id": uuid(dice), "issued_on": day(dice),
            "valid_until": maybe(dice, day(dice)), "signature": text(dice, 4_000), "created_at": moment(dice),
            "state": dice.choice((CertificateState.NORMAL, CertificateState.REVOKED)),
        }
        for _ in range(dice.randrange(4))
    ]  # fmt: skip


def uses(dice: Random, party: UUID, versions: list[UUID], offices: list[UUID], apps: list[str]) -> list[Row]:
    return [
        {
            "id": uuid(dice), "party_id": party, "source": dice.choice(list(Source)),
            "holding_id": dice.choice((uuid(dice), party, *versions)), "kind": text(dice, 64),
            "title": text(dice, 80), "case_id": uuid(dice), "used_by": uuid(dice),
            "department_id": dice.choice((None, uuid(dice), *offices)), "app_id": dice.choice((None, *apps)),
            "purpose": text(dice, 200, least=1), "basis": maybe(dice, text(dice, 200)),
            "until": moment(dice), "used_at": moment(dice),
        }
        for _ in range(dice.randrange(4))
    ]  # fmt: skip


def accesses(dice: Random, party: UUID, offices: list[UUID]) -> list[Row]:
    return [
        {
            "id": uuid(dice), "party_id": party, "at": moment(dice),
            "person_id": dice.choice((party, uuid(dice))),
            "acting_for": dice.choice((party, dice.choice(offices))), "roles": ["citizen"],
            "act": text(dice, 80), "object": text(dice, 200), "basis": maybe(dice, text(dice)),
            "app_id": maybe(dice, text(dice, 64)),
        }
        for _ in range(dice.randrange(4))
    ]  # fmt: skip


def app(dice: Random, app_id: str, developer: UUID) -> tuple[Row, list[Row]]:
    """Return a mini-app and its versions."""
    row = {
        "id": uuid(dice), "app_id": app_id, "name": text(dice, 20), "purpose": text(dice, 200),
        "department": text(dice, 100), "operator": text(dice, 100), "team_id": developer,
        "state": dice.choice((*AppState, AppState.LISTED, AppState.LISTED)), "state_reason": text(dice),
        "created_at": moment(dice),
    }  # fmt: skip
    versions = [
        {
            "id": uuid(dice), "app": row["id"], "team_id": developer, "version": f"1.0.{turn}",
            "manifest": {}, "text": text(dice),
            "state": dice.choice([state for state in VersionState if turn == 0 or state not in IN_REVIEW]),
            "submitted_by": developer, "submitted_at": moment(dice),
            "reviewed_at": maybe(dice, moment(dice)), "reason": text(dice),
        }
        for turn in range(dice.randrange(4))
    ]  # fmt: skip
    return row, versions

"""What the platform tells and takes, as the schema has it; a test compares.

Materials and certificates are handles: what they are, not what stands in them.  States and ways are words of
the schema's enums, as text: a later platform may have more of them.
"""

from datetime import date, datetime
from typing import get_args, get_type_hints
from uuid import UUID

import msgspec


class Told(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Something the platform tells."""


class Viewer(Told, frozen=True, rename="camel", kw_only=True):
    """Who the citizen is, as far as the mini-app may know."""

    id: UUID
    level: int  # real-name level 1–3
    region: str  # GB/T 2260
    scopes: list[str]  # that the token has


class CaseMaterial(Told, frozen=True, rename="camel", kw_only=True):
    """One material of a case, and how it is satisfied."""

    id: UUID
    kind: str
    name: str
    way: str
    electronic: bool
    due_on: date | None


class CaseStanding(Told, frozen=True, rename="camel", kw_only=True):
    """A case (办件) in a list."""

    id: UUID
    number: str | None  # 21 digits, from submission on
    state: str
    code: str  # of the item
    title: str
    region: str
    opened_at: datetime
    outcome: str | None


class Case(CaseStanding, frozen=True, rename="camel", kw_only=True):
    """A case with its materials and times."""

    received_at: datetime | None
    accepted_at: datetime | None
    decided_at: datetime | None
    completed_at: datetime | None
    materials: list[CaseMaterial]


class MaterialVersion(Told, frozen=True, rename="camel", kw_only=True):
    """The newest contents of a material: what they are like."""

    id: UUID
    media_type: str | None
    size: int | None  # bytes


class Material(Told, frozen=True, rename="camel", kw_only=True):
    """A material (材料) in the citizen's wallet."""

    id: UUID
    kind: str
    title: str
    created_at: datetime
    version: MaterialVersion


class Certificate(Told, frozen=True, rename="camel", kw_only=True):
    """A certificate (证照) that the citizen holds."""

    id: UUID
    kind: str
    title: str
    issuer: str
    issued_on: date
    valid_until: date | None
    state: str


class Notice(Told, frozen=True, rename="camel", kw_only=True):
    """One message in the citizen's inbox."""

    id: UUID
    kind: str
    title: str
    body: str
    told_at: datetime
    read_at: datetime | None


class SentNotice(Told, frozen=True, rename="camel", kw_only=True):
    """That the platform took a notice; it does not tell who muted the mini-app."""

    key: str
    sent_at: datetime


class GrantedScope(Told, frozen=True, rename="camel", kw_only=True):
    """A scope that the citizen granted."""

    scope: str
    reason: str  # as the manifest has it; "" when it asks no more for it


class AppConsent(Told, frozen=True, rename="camel", kw_only=True):
    """What the citizen granted the mini-app; without scopes there is no consent any more."""

    app_id: str
    scopes: list[GrantedScope]
    since: datetime | None
    until: datetime | None  # when it runs out by itself; None: when he withdraws it


class StoredKey(Told, frozen=True, rename="camel", kw_only=True):
    """A key under which the mini-app keeps something of the citizen."""

    key: str
    revision: str  # changes with each write
    size: int  # bytes of JSON
    changed_at: datetime


class StoredValue(Told, frozen=True, rename="camel", kw_only=True):
    """What is kept under a key, as the platform tells it."""

    key: str
    value: str  # JSON
    revision: str
    changed_at: datetime


class FormProblem(Told, frozen=True, rename="camel", kw_only=True):
    """What is wrong with one field of a form."""

    field: str
    code: str
    text: str


class PreparedMaterial(Told, frozen=True, rename="camel", kw_only=True):
    """One material that an application needs; `settled`: it is there already, or need not be handed in."""

    kind: str
    name: str
    required: bool
    settled: bool
    way: str | None
    ways: list[str]


class Preparation(Told, frozen=True, rename="camel", kw_only=True):
    """What an application would need."""

    code: str
    name: str
    version_id: UUID
    uploads: int  # how many materials the citizen would have to upload
    unknown: list[str]  # questions still to be answered
    problems: list[FormProblem]
    materials: list[PreparedMaterial]
    barred: str | None  # why it cannot be applied for


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """An answer to a question or a field: a text, a number (money in fen), or yes and no."""

    id: str
    text: str | None = None
    number: int | None = None
    yes: bool | None = None


class MaterialChoice(msgspec.Struct, frozen=True, omit_defaults=True):
    """By which way a material is to be satisfied."""

    kind: str
    way: str
    promise: str = ""


class CaseDraft(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A case to begin: the item's code, where, and what the citizen answered."""

    code: str
    region: str | None = None
    beneficiary_id: UUID | None = None
    delivery: str | None = None
    answers: list[Answer] = []
    form: list[Answer] = []
    choices: list[MaterialChoice] = []


def selection(kind: type[Told]) -> str:
    """Return the fields of a type as GraphQL selects them."""
    hints, parts = get_type_hints(kind), []
    for field in msgspec.structs.fields(kind):
        inner = next(
            (each for each in (hints[field.name], *get_args(hints[field.name])) if _is_told(each)), None
        )
        parts.append(field.encode_name if inner is None else f"{field.encode_name} {{ {selection(inner)} }}")
    return " ".join(parts)


def _is_told(hint: object) -> bool:
    return isinstance(hint, type) and issubclass(hint, Told)

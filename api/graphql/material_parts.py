"""What the wallet's answers are made of."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Self
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.loaders import Loader
from api.graphql.plan.sources import Mapped, column, from_sql, linked, private, rows
from api.graphql.planned import worded
from identity import departments
from identity.accounts import party_as_seen
from identity.actor import Actor
from miniapps.materials import queries, rules, service
from miniapps.materials.rules import REASONS, CertificateState, Reason, Source, Trust, UploadState
from miniapps.materials.service import Sealed
from miniapps.materials.tables import MaterialVersion
from storage.clock import local_date

strawberry.enum(Trust, name="MaterialTrust", description="材料可信等级 A–D (国办函〔2016〕108号).")
strawberry.enum(UploadState, name="UploadState")
strawberry.enum(CertificateState, name="CertificateState", description="证照状态.")


async def _office_names(actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """Names of departments are public, whoever asks."""
    return {row.id: row.name for row in await departments.by_ids(list(ids))}


async def _words(actor: Actor, sealed: Sequence[Sealed]) -> Mapping[Sealed, Mapping[str, str]]:
    """What certificates say; nothing to a mini-app, which learns only that they are held."""
    if actor.app_id is not None:
        return {}
    return dict(zip(sealed, await service.facts_of(sealed), strict=True))


NEWEST = Loader(queries.newest_versions)
VERSIONS = Loader(queries.versions_by_ids)
OFFICES = Loader(_office_names)
WORDS = Loader(_words)

FILE = "JOIN vault_object {file} ON {file}.id = {t}.object"


@strawberry.type(name="MaterialVersion", description="One content of a material; it never changes.")
@rows("material_version", joins={"file": FILE})
class MaterialVersionNode:
    id: UUID
    number: int
    trust: Trust
    created_at: datetime
    verified_at: datetime | None = strawberry.field(description="When a clerk compared it with the original.")
    media_type: str | None = strawberry.field(
        description="None where only the version's trust is told.", metadata=from_sql("{file}.media_type")
    )
    size: int | None = strawberry.field(description="Bytes.", metadata=from_sql("{file}.size"))

    @classmethod
    def of(cls, row: MaterialVersion) -> Self:
        stored = None if isinstance(row.object, UUID) else row.object
        return cls(
            id=row.id,
            number=row.number,
            trust=Trust(row.trust),
            created_at=row.created_at,
            verified_at=row.verified_at,
            media_type=stored.media_type if stored else None,
            size=stored.size if stored else None,
        )


NEWEST_NUMBER = (
    "(SELECT max(n.number) FROM material_version n WHERE n.party_id = {t}.party_id AND n.material = {t}.id)"
)


@strawberry.type(name="Material", description="A paper in the wallet (材料).")
@rows("material")
class MaterialNode(Mapped):
    id: UUID
    kind: str = strawberry.field(description="The code that item texts use, e.g. lease_contract.")
    title: str
    created_at: datetime
    version: MaterialVersionNode = linked(
        NEWEST,
        by="id",
        wrap=MaterialVersionNode.of,
        on="{r}.party_id = {t}.party_id AND {r}.material = {t}.id AND {r}.number = " + NEWEST_NUMBER,
        description="The newest version: the one that the next application uses.",
    )


def _advice(root: "UploadNode") -> str | None:
    return REASONS[Reason(root.reason)] if root.reason else None


@strawberry.type(name="Upload", description="A file on its way into the wallet.")
@rows("material_upload")
class UploadNode(Mapped):
    id: UUID
    kind: str
    title: str
    state: UploadState
    reason: str | None = strawberry.field(description="Why it was refused: a stable word.")
    advice: str | None = strawberry.field(
        resolver=_advice,
        description="What is wrong and what to do, for the citizen.",
        metadata=worded({(reason,): words for reason, words in REASONS.items()}, "{t}.reason"),
    )
    version_id: UUID | None = column("version", description="The material version it became.")
    expires_at: datetime


@strawberry.type(description="One name and value of a form or a certificate.")
class NamedText:
    name: str
    value: str


def _named(values: Mapping[str, str]) -> list[NamedText]:
    return [NamedText(name=name, value=value) for name, value in values.items()]


@strawberry.type(
    description="Where to send the file: one multipart POST of all fields, in this order, and then `file`."
)
class UploadForm:
    upload: UploadNode
    url: str | None = strawberry.field(description="None when the file has been sent, or the time is over.")
    fields: list[NamedText]

    @classmethod
    def of(cls, form: service.UploadForm) -> Self:
        return cls(upload=UploadNode.of(form.upload), url=form.url, fields=_named(form.fields))


def _state(root: "CertificateNode", info: Info) -> CertificateState:
    today = local_date(info.context.now)
    return rules.certificate_state(CertificateState(root.stored_state), root.valid_until, on=today)


async def _facts(root: "CertificateNode", info: Info) -> list[NamedText] | None:
    words = await WORDS.load(info, Sealed(root.id, root.party_id, root.sealed_facts))
    return None if words is None else _named(words)


def _signature(root: "CertificateNode", info: Info) -> str | None:
    return None if info.context.actor.app_id is not None else root.stored_signature


STATE_TODAY = (
    f"(CASE WHEN {{t}}.state = '{CertificateState.NORMAL}' AND {{t}}.valid_until < {{v.today}}"
    f" THEN '{CertificateState.EXPIRED}' ELSE {{t}}.state END)"
)


@strawberry.type(name="Certificate", description="An electronic certificate (电子证照), level A.")
@rows("certificate")
class CertificateNode(Mapped):
    id: UUID
    kind: str
    title: str
    number: str = strawberry.field(description="证照编号.")
    identifier: str = strawberry.field(description="Its identifier (证照标识), GB/T 36904.")
    issuer: str = column("issuer_name")
    issued_on: date
    valid_until: date | None = strawberry.field(description="The last good day; null: no end.")
    state: CertificateState = strawberry.field(resolver=_state, metadata=from_sql(STATE_TODAY))
    facts: list[NamedText] | None = strawberry.field(
        resolver=_facts, description="The words on it; null to a mini-app."
    )
    signature: str | None = strawberry.field(
        resolver=_signature,
        description="JWS over its words; null to a mini-app.",
        metadata=from_sql("{t}.signature"),
    )
    party_id: strawberry.Private[UUID]
    stored_state: strawberry.Private[str] = private("state")
    sealed_facts: strawberry.Private[bytes] = private("facts")
    stored_signature: strawberry.Private[str] = private("signature")


def _holding(root: "MaterialUseNode", info: Info) -> UUID:
    return party_as_seen(info.context.actor, root.held)


async def _office(root: "MaterialUseNode", info: Info) -> str | None:
    return await OFFICES.load(info, root.department_id) if root.department_id else None


OFFICE = "(SELECT office.name FROM department office WHERE office.id = {t}.department_id)"
OWN_VERSION = (
    f"{{t}}.source = '{Source.WALLET}' AND {{r}}.party_id = {{t}}.party_id AND {{r}}.id = {{t}}.holding_id"
)


@strawberry.type(name="MaterialUse", description="A receipt: who used what, for what, until when (用证记录).")
@rows("material_use")
class MaterialUseNode(Mapped):
    id: UUID
    source: str = strawberry.field(description="identity, certificate or wallet.")
    held: strawberry.Private[UUID] = private("holding_id")
    kind: str
    title: str
    case_id: UUID
    app_id: str | None = strawberry.field(description="The mini-app that caused the use.")
    purpose: str
    basis: str | None = strawberry.field(description="The norm that allows it.")
    until: datetime
    used_at: datetime
    department_id: strawberry.Private[UUID | None]
    holding_id: UUID = strawberry.field(
        resolver=_holding,
        description="The certificate or material version; for identity, you.",
        metadata=from_sql("{t}.holding_id"),
    )
    department: str | None = strawberry.field(
        resolver=_office, description="Whose staff may look until then.", metadata=from_sql(OFFICE)
    )
    version: MaterialVersionNode | None = linked(
        VERSIONS,
        by="held_version",
        wrap=MaterialVersionNode.of,
        on=OWN_VERSION,
        description="The version used, while it is in your wallet.",
    )

    @property
    def held_version(self) -> UUID | None:
        """The version used, if it was one."""
        return self.held if self.source == Source.WALLET else None

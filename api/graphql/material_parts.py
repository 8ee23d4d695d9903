"""What the wallet's answers are made of."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Self
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.loaders import Loader
from identity import departments
from identity.accounts import party_as_seen
from identity.actor import Actor
from miniapps.materials import queries, rules, service
from miniapps.materials.rules import REASONS, CertificateState, Reason, Source, Trust, UploadState
from miniapps.materials.tables import Certificate, Material, MaterialUse, MaterialVersion, Upload

strawberry.enum(Trust, name="MaterialTrust", description="材料可信等级 A–D (国办函〔2016〕108号).")
strawberry.enum(UploadState, name="UploadState")
strawberry.enum(CertificateState, name="CertificateState", description="证照状态.")


async def _office_names(actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """Names of departments are public, whoever asks."""
    return {row.id: row.name for row in await departments.by_ids(list(ids))}


NEWEST = Loader(queries.newest_versions)
VERSIONS = Loader(queries.versions_by_ids)
OFFICES = Loader(_office_names)


@strawberry.type(name="MaterialVersion", description="One content of a material; it never changes.")
class MaterialVersionNode:
    id: UUID
    number: int
    trust: Trust
    created_at: datetime
    verified_at: datetime | None = strawberry.field(description="When a clerk compared it with the original.")
    media_type: str | None = strawberry.field(description="None where only the version's trust is told.")
    size: int | None = strawberry.field(description="Bytes.")

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


@strawberry.type(name="Material", description="A paper in the wallet (材料).")
class MaterialNode:
    id: UUID
    kind: str = strawberry.field(description="The code that item texts use, e.g. lease_contract.")
    title: str
    created_at: datetime

    @classmethod
    def of(cls, row: Material) -> Self:
        return cls(id=row.id, kind=row.kind, title=row.title, created_at=row.created_at)

    @strawberry.field(description="The newest version: the one that the next application uses.")
    async def version(self, info: Info) -> MaterialVersionNode:
        return MaterialVersionNode.of(await NEWEST.must(info, self.id))


@strawberry.type(name="Upload", description="A file on its way into the wallet.")
class UploadNode:
    id: UUID
    kind: str
    title: str
    state: UploadState
    reason: str | None = strawberry.field(description="Why it was refused: a stable word.")
    advice: str | None = strawberry.field(description="What is wrong and what to do, for the citizen.")
    version_id: UUID | None = strawberry.field(description="The material version it became.")
    expires_at: datetime

    @classmethod
    def of(cls, row: Upload) -> Self:
        return cls(
            id=row.id,
            kind=row.kind,
            title=row.title,
            state=UploadState(row.state),
            reason=row.reason,
            advice=REASONS[Reason(row.reason)] if row.reason else None,
            version_id=row.version,
            expires_at=row.expires_at,
        )


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


@strawberry.type(name="Certificate", description="An electronic certificate (电子证照), level A.")
class CertificateNode:
    id: UUID
    kind: str
    title: str
    number: str = strawberry.field(description="证照编号.")
    identifier: str = strawberry.field(description="Its identifier (证照标识), GB/T 36904.")
    issuer: str
    issued_on: date
    valid_until: date | None = strawberry.field(description="The last good day; null: no end.")
    state: CertificateState
    facts: list[NamedText] | None = strawberry.field(description="The words on it; null to a mini-app.")
    signature: str | None = strawberry.field(description="JWS over its words; null to a mini-app.")

    @classmethod
    def of(cls, row: Certificate, facts: Mapping[str, str] | None, on: date) -> Self:
        return cls(
            id=row.id,
            kind=row.kind,
            title=row.title,
            number=row.number,
            identifier=row.identifier,
            issuer=row.issuer_name,
            issued_on=row.issued_on,
            valid_until=row.valid_until,
            state=rules.certificate_state(CertificateState(row.state), row.valid_until, on=on),
            facts=None if facts is None else _named(facts),
            signature=None if facts is None else row.signature,
        )


@strawberry.type(name="MaterialUse", description="A receipt: who used what, for what, until when (用证记录).")
class MaterialUseNode:
    id: UUID
    source: str = strawberry.field(description="identity, certificate or wallet.")
    held: strawberry.Private[UUID]
    kind: str
    title: str
    case_id: UUID
    app_id: str | None = strawberry.field(description="The mini-app that caused the use.")
    purpose: str
    basis: str | None = strawberry.field(description="The norm that allows it.")
    until: datetime
    used_at: datetime
    department_id: strawberry.Private[UUID | None]

    @classmethod
    def of(cls, row: MaterialUse) -> Self:
        return cls(
            id=row.id,
            source=row.source,
            held=row.holding_id,
            kind=row.kind,
            title=row.title,
            case_id=row.case_id,
            app_id=row.app_id,
            purpose=row.purpose,
            basis=row.basis,
            until=row.until,
            used_at=row.used_at,
            department_id=row.department_id,
        )

    @strawberry.field(description="The certificate or material version; for identity, you.")
    def holding_id(self, info: Info) -> UUID:
        return party_as_seen(info.context.actor, self.held)

    @strawberry.field(description="Whose staff may look until then.")
    async def department(self, info: Info) -> str | None:
        return await OFFICES.load(info, self.department_id) if self.department_id else None

    @strawberry.field(description="The version used, while it is in your wallet.")
    async def version(self, info: Info) -> MaterialVersionNode | None:
        row = await VERSIONS.load(info, self.held) if self.source == Source.WALLET else None
        return MaterialVersionNode.of(row) if row else None

"""The audit administrator on the wire: rows by time, act and object, and where the chain ends."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.access import needs
from api.graphql.pages import Connection, after_id, connection, size
from api.graphql.plan.sources import Mapped
from banshi.scopes import Scope
from identity import auditing
from identity.auditing import Proof, Wanted


@strawberry.type(name="AuditRow", description="One act or look, as the auditor sees it: ids, no names.")
class AuditRowNode(Mapped):
    id: UUID
    at: datetime
    party_id: UUID = strawberry.field(description="Whose data was touched.")
    person_id: UUID = strawberry.field(description="Who acted.")
    acting_for: UUID = strawberry.field(description="Himself, a firm, or the department of his post.")
    roles: list[str]
    session_id: UUID | None
    app_id: str | None
    delegation_id: UUID | None
    act: str
    object: str
    basis: str | None


@strawberry.input(description="Which rows; what is left out does not matter. At most 92 days.")
class AuditFilter:
    since: datetime | None = strawberry.field(
        default=None, description="A week before `until` when left out."
    )
    until: datetime | None = None
    act: str | None = strawberry.field(default=None, description="Whole, or a beginning: `case.`")
    object: str | None = strawberry.field(default=None, description="Whole, or a kind: `case/`")
    party_id: UUID | None = None
    person_id: UUID | None = None
    department_id: UUID | None = strawberry.field(default=None, description="Whose staff acted.")
    only_looks: bool = False


@strawberry.type(name="AuditProof", description="Where the chain over the audit ends, and how far it lags.")
class AuditProofNode:
    seq: int
    value: str | None = strawberry.field(description="SHA-256 of the last link.")
    sealed_at: datetime | None
    waiting_since: datetime | None = strawberry.field(
        description="When the oldest row without a link was made; none when every row has one."
    )
    head_stored_at: datetime | None = strawberry.field(
        description="When the youngest signed head came to lie in the second place."
    )

    @classmethod
    def of(cls, proof: Proof) -> Self:
        """Wrap the end of the chain."""
        end, lag = proof.end, proof.standing
        return cls(
            seq=end.seq if end else 0,
            value=end.value.hex() if end else None,
            sealed_at=end.sealed_at if end else None,
            waiting_since=lag.oldest_at,
            head_stored_at=lag.stored_at,
        )


@strawberry.type
class AuditQuery:
    """What the audit administrator may look at; his searches are rows themselves."""

    @strawberry.field(extensions=[needs(Scope.AUDIT_READ)])
    async def audit_log(
        self, info: Info, wanted: AuditFilter | None = None, first: int = 20, after: str | None = None
    ) -> Connection[AuditRowNode]:
        """Who did or looked at what, newest first."""
        context = info.context
        page = await auditing.search(
            context.actor,
            Wanted(**vars(wanted)) if wanted else Wanted(),
            first=size(first),
            after=after_id(after, of="auditLog"),
            now=context.now,
        )
        return connection(page, AuditRowNode.of, of="auditLog")

    @strawberry.field(extensions=[needs(Scope.AUDIT_READ)])
    async def audit_proof(self, info: Info) -> AuditProofNode:
        """Where the chain ends."""
        return AuditProofNode.of(await auditing.proof(info.context.actor))

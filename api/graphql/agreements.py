"""Agreements and credentials on the wire: what department and vendor answer for, and what back ends prove."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.access import needs
from api.graphql.loaders import Loader
from api.graphql.pages import Connection, after_id, connection, size
from banshi.scopes import Scope
from miniapps.catalog import queries
from miniapps.catalog.rules import Environment, Side
from miniapps.catalog.service import agreements, credentials
from miniapps.catalog.service.agreements import AgreementText
from miniapps.catalog.service.credentials import Credential
from miniapps.catalog.tables import AppSignature, MiniApp

strawberry.enum(Side, name="AgreementSide", description="DEPARTMENT 主管单位, VENDOR 开发单位.")
strawberry.enum(Environment, name="AppEnvironment", description="Where a mini-app's back end runs.")

SIGNATURES = Loader(queries.signatures_of)


@strawberry.type(name="AgreementText", description="What one side of an agreement signs (责任书).")
class AgreementTextNode:
    side: Side
    version: str
    text: str = strawberry.field(description="Markdown, in Chinese.")
    sha256: str = strawberry.field(description="Of the text in UTF-8; who signs names it.")

    @classmethod
    def of(cls, told: AgreementText) -> Self:
        """Wrap a text."""
        return cls(side=told.side, version=told.version, text=told.text, sha256=told.sha256)


@strawberry.type(name="AgreementSignature", description="That one side signed, until it withdrew.")
class SignatureNode:
    side: Side
    text_version: str
    text_sha256: str
    role: str = strawberry.field(description="In which the signer acted.")
    signed_at: datetime
    withdrawn_at: datetime | None
    reason: str = strawberry.field(description="Why it was withdrawn.")

    @classmethod
    def of(cls, row: AppSignature) -> Self:
        """Wrap a signature on a mini-app that the actor answers for."""
        return cls(
            side=Side(row.side), text_version=row.text_version, text_sha256=row.text_sha256, role=row.role,
            signed_at=row.signed_at, withdrawn_at=row.withdrawn_at, reason=row.reason,
        )  # fmt: skip


@strawberry.type(name="Agreement", description="The agreement on a mini-app that I answer for.")
class AgreementNode:
    id: UUID
    app_id: str
    name: str
    purpose: str
    department: str
    operator: str

    @classmethod
    def of(cls, row: MiniApp) -> Self:
        """Wrap a mini-app that the actor's department or team answers for."""
        return cls(
            id=row.id, app_id=row.app_id, name=row.name, purpose=row.purpose, department=row.department,
            operator=row.operator,
        )  # fmt: skip

    @strawberry.field(description="Of both sides, oldest first, also those that were withdrawn.")
    async def signatures(self, info: Info) -> list[SignatureNode]:
        rows: Sequence[AppSignature] = await SIGNATURES.load(info, self.id) or ()
        return [SignatureNode.of(row) for row in rows]


@strawberry.type(
    name="AppCredential", description="What a back end proves itself with; secrets are shown once."
)
class CredentialNode:
    environment: Environment
    client_id: str
    client_secret: str | None = strawberry.field(description="Null: it has one, or this is not about it.")
    webhook_secret: str | None = strawberry.field(description="Deliveries are signed with it (whsec_…).")

    @classmethod
    def of(cls, made: Credential) -> Self:
        """Wrap what was made just now."""
        return cls(
            environment=made.environment, client_id=made.client_id, client_secret=made.client_secret,
            webhook_secret=made.webhook_secret,
        )  # fmt: skip


@strawberry.type
class AgreementsQuery:
    """What one may ask about agreements and credentials."""

    @strawberry.field(extensions=[needs(Scope.APPS_SIGN)])
    async def agreements(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[AgreementNode]:
        """The mini-apps that my department or team answers for, newest first."""
        key = after_id(after, of="agreements")
        page = await queries.signable(info.context.actor, first=size(first), after=key)
        return connection(page, AgreementNode.of, of="agreements")

    @strawberry.field(extensions=[needs(Scope.APPS_SIGN)])
    async def agreement_text(self, info: Info) -> AgreementTextNode:
        """What my side signs now."""
        return AgreementTextNode.of(agreements.text(agreements.side_of(info.context.actor)))

    @strawberry.field(extensions=[needs(Scope.APPS_WRITE)])
    async def app_credentials(self, info: Info, app_id: str) -> list[Environment]:
        """For which environments a mini-app of my team has credentials."""
        return await credentials.held(info.context.actor, app_id)


@strawberry.type
class AgreementsMutation:
    """What one may do about agreements and credentials."""

    @strawberry.mutation(extensions=[needs(Scope.APPS_SIGN)])
    async def sign_agreement(self, info: Info, app_id: str, text_sha256: str) -> SignatureNode:
        """Bind my department or team to the text that I read; the same again changes nothing."""
        context = info.context
        return SignatureNode.of(await agreements.sign(context.actor, app_id, text_sha256, now=context.now))

    @strawberry.mutation(extensions=[needs(Scope.APPS_SIGN)])
    async def withdraw_agreement(self, info: Info, app_id: str, reason: str) -> SignatureNode:
        """Take our signature back: nothing new is approved or released; what is out goes on."""
        context = info.context
        return SignatureNode.of(await agreements.withdraw(context.actor, app_id, reason, now=context.now))

    @strawberry.mutation(extensions=[needs(Scope.APPS_WRITE)])
    async def issue_app_credential(self, info: Info, app_id: str, environment: Environment) -> CredentialNode:
        """Make the credentials of a mini-app's back end in one environment."""
        context = info.context
        return CredentialNode.of(await credentials.issue(context.actor, app_id, environment, now=context.now))

    @strawberry.mutation(extensions=[needs(Scope.APPS_WRITE)])
    async def rotate_app_secret(self, info: Info, app_id: str, environment: Environment) -> CredentialNode:
        """One more client secret; the one before goes on for a week."""
        context = info.context
        made = await credentials.rotate_secret(context.actor, app_id, environment, now=context.now)
        return CredentialNode.of(made)

    @strawberry.mutation(extensions=[needs(Scope.APPS_WRITE)])
    async def rotate_webhook_secret(
        self, info: Info, app_id: str, environment: Environment
    ) -> CredentialNode:
        """One more secret for deliveries; the one before goes on for a week."""
        context = info.context
        made = await credentials.rotate_webhook_secret(context.actor, app_id, environment, now=context.now)
        return CredentialNode.of(made)

"""The wallet on the wire: give a material once, see what is held and who used it."""

from datetime import datetime, timedelta
from uuid import UUID

import strawberry

from api.context import Info
from api.graphql.access import needs
from api.graphql.material_parts import (
    CertificateNode,
    MaterialNode,
    MaterialUseNode,
    MaterialVersionNode,
    UploadForm,
    UploadNode,
)
from api.graphql.pages import Connection, after_id, connection, size
from api.graphql.planned import BY_ID, own_one, own_page
from api.http import files
from banshi.scopes import Scope
from miniapps.materials import queries, service
from miniapps.materials.rules import LINK_SECONDS


@strawberry.type(description="A link to a file: send it with the session's own token.")
class DownloadLink:
    url: str
    expires_at: datetime


async def _link(info: Info, version_id: UUID) -> DownloadLink:
    context = info.context
    token = await service.download_link(context.actor, version_id, now=context.now)
    return DownloadLink(url=files.link(token), expires_at=context.now + timedelta(seconds=LINK_SECONDS))


@strawberry.type
class MaterialsQuery:
    @strawberry.field(
        description="The materials in your wallet, newest first.",
        extensions=[needs(Scope.MATERIALS_READ)],
        metadata=own_page(queries.MATERIAL, of="materials", where="NOT {t}.hidden"),
    )
    async def materials(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[MaterialNode]:
        place = after_id(after, of="materials")
        page = await queries.materials_page(info.context.actor, first=size(first), after=place)
        return connection(page, MaterialNode.of, of="materials")

    @strawberry.field(
        description="Your certificates, newest first, with expired and revoked ones.",
        extensions=[needs(Scope.MATERIALS_READ)],
        metadata=own_page(queries.CERTIFICATE, of="certificates"),
    )
    async def certificates(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[CertificateNode]:
        context, place = info.context, after_id(after, of="certificates")
        page = await queries.certificates_page(context.actor, first=size(first), after=place)
        await service.seen(context.actor, page.rows, now=context.now)
        return connection(page, CertificateNode.of, of="certificates")

    @strawberry.field(
        description="Who used your materials, newest first.",
        extensions=[needs(Scope.MATERIALS_READ)],
        metadata=own_page(queries.USE, of="material uses"),
    )
    async def material_uses(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[MaterialUseNode]:
        place = after_id(after, of="material uses")
        page = await queries.uses_page(info.context.actor, first=size(first), after=place)
        return connection(page, MaterialUseNode.of, of="material uses")

    @strawberry.field(
        description="How an upload stands.",
        extensions=[needs(Scope.MATERIALS_READ)],
        metadata=own_one(queries.UPLOAD, BY_ID),
    )
    async def upload(self, info: Info, id: UUID) -> UploadNode:
        return UploadNode.of(await queries.upload(info.context.actor, id))

    @strawberry.field(
        description="A link to a file of your wallet, good for one minute and this session.",
        extensions=[needs(Scope.MATERIALS_READ)],
    )
    async def download_link(self, info: Info, material_version_id: UUID) -> DownloadLink:
        return await _link(info, material_version_id)

    @strawberry.field(
        description="For staff: a certificate that a case of their department uses, or that it issued.",
        extensions=[needs(Scope.DESK_READ)],
    )
    async def desk_certificate(self, info: Info, id: UUID) -> CertificateNode:
        context = info.context
        row = await queries.readable_certificate(context.actor, id, now=context.now)
        await service.seen(context.actor, [row], now=context.now)
        return CertificateNode.of(row)

    @strawberry.field(
        description="The same for staff, to what a case of their department uses.",
        extensions=[needs(Scope.DESK_READ)],
    )
    async def desk_download_link(self, info: Info, material_version_id: UUID) -> DownloadLink:
        return await _link(info, material_version_id)


@strawberry.type
class MaterialsMutation:
    @strawberry.mutation(
        description="Ask for a form to send one file within ten minutes. A retry gets the same upload.",
        extensions=[needs(Scope.MATERIALS_WRITE)],
    )
    async def request_upload(
        self,
        info: Info,
        kind: str,
        title: str,
        media_type: str,
        size: int,
        sha256: str,
        idempotency_key: str,
    ) -> UploadForm:
        context = info.context
        form = await service.request_upload(
            context.actor, kind=kind, title=title, media_type=media_type, size=size, sha256=sha256,
            idempotency_key=idempotency_key, now=context.now,
        )  # fmt: skip
        return UploadForm.of(form)

    @strawberry.mutation(
        description="Say that the file has been sent. Saying it again changes nothing.",
        extensions=[needs(Scope.MATERIALS_WRITE)],
    )
    async def complete_upload(self, info: Info, upload_id: UUID) -> UploadNode:
        context = info.context
        return UploadNode.of(await service.complete_upload(context.actor, upload_id, now=context.now))

    @strawberry.mutation(
        description="Take a material out of the wallet. What a case has used stays for the archive.",
        extensions=[needs(Scope.MATERIALS_WRITE)],
    )
    async def remove_material(self, info: Info, id: UUID) -> MaterialNode:
        context = info.context
        return MaterialNode.of(await service.remove_material(context.actor, id, now=context.now))

    @strawberry.mutation(
        description="A clerk has compared the upload with its original: level C becomes B.",
        extensions=[needs(Scope.DESK_WRITE)],
    )
    async def verify_original(
        self, info: Info, material_version_id: UUID, evidence: str
    ) -> MaterialVersionNode:
        context = info.context
        row = await service.verify_original(
            context.actor, material_version_id, evidence=evidence, now=context.now
        )
        return MaterialVersionNode.of(row)

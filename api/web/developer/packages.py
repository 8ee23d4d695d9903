"""Handing a package in with a browser: the same verb as `miniapp publish`."""

from typing import Final

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.apps import spool
from api.http.apps.upload import count
from api.http.asking import Asker
from api.http.browser import FormExpired
from api.http.errors import AnyRequest, BadRequest
from api.pages.local import go, with_query
from api.web.developer.place import APPS, UPLOAD, builder, in_team
from api.web.findings import grouped
from api.web.mistakes import mistake
from api.web.upload import AROUND, check_type, with_file
from banshi.errors import DomainError, InvalidInput
from banshi.findings import Finding, PackageRefused
from banshi.package import LARGEST
from miniapps.catalog import queries, service

SHOWN: Final = 50  # findings
FILE: Final = "package"


@get(UPLOAD)
async def form(request: AnyRequest) -> Response[bytes]:
    """Show the form for a package."""
    return await _form(request, await builder(request))


@post(UPLOAD, status_code=200, request_max_body_size=LARGEST + AROUND)
async def take(request: AnyRequest) -> Response[bytes]:
    """Hand in the version in a package, and lead to it."""
    check_type(request)
    asker = await builder(request)  # before a body of 20 MiB is read
    try:
        await count(asker)
        with spool.place(asker.actor):
            async with with_file(request, FILE) as (_, file):
                if file is None:
                    raise InvalidInput(field=FILE, problem="请选择用 miniapp pack 打好的安装包")
                row, is_new = await service.submit_package(asker.actor, file, now=asker.now)
    except (FormExpired, BadRequest):
        raise
    except DomainError as refusal:
        return await _form(request, asker, refusal)
    app = await queries.app_of(asker.actor, row)
    done = "handed-in" if is_new else "handed-in-before"
    return go(with_query(f"{APPS}/{app.app_id}", done=done))


async def _form(request: AnyRequest, asker: Asker, refusal: DomainError | None = None) -> Response[bytes]:
    against: list[Finding] = refusal.findings[:SHOWN] if isinstance(refusal, PackageRefused) else []
    return await in_team(
        request, "developer_upload", asker, address=UPLOAD, file=FILE,
        groups=grouped(against),
        **mistake(request, asker, refusal),
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [form, take]

"""What one holds: certificates that departments issued, and papers that one gave once (证照和材料)."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.graphql.documents import named
from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.local import with_query
from api.web.citizen import sayings, words
from api.web.citizen.asking import Data, ask
from api.web.citizen.place import PAGE, WALLET, citizen, filled, onward, shown
from banshi.errors import DomainError
from banshi.scopes import Scope

HELD: Final = named("wallet")
CERTIFICATES: Final = named("certificates")
REMOVE: Final = named("remove_material")


@get(WALLET)
async def wallet(request: AnyRequest) -> Response[bytes]:
    """Show it."""
    return await _page(request, await citizen(request, Scope.MATERIALS_READ))


@get(f"{WALLET}/certificates")
async def certificates(request: AnyRequest) -> Response[bytes]:
    """Show the certificates with what is written on them."""
    asker = await citizen(request, Scope.MATERIALS_READ)
    after = request.query_params.get("after")
    told = (await ask(request, asker, CERTIFICATES, after=after))["certificates"]
    return await shown(
        request, "certificates", asker, certificates=_nodes(told), words=words,
        older=_older(f"{WALLET}/certificates", told, "after"),
    )  # fmt: skip


@post(f"{WALLET}/remove", status_code=200)
async def remove(request: AnyRequest) -> Response[bytes]:
    """Take a paper out; what a case has used stays for the archive."""
    form, asker = await filled(request, Scope.MATERIALS_WRITE)
    try:
        await ask(request, asker, REMOVE, id=form.get("id"))
    except DomainError as refusal:
        return await _page(request, asker, **sayings.refused(request, refusal, now=asker.now))
    return onward(request, with_query(WALLET, done="removed"))


async def _page(request: AnyRequest, asker: Asker, *, problem: str = "", **values: Any) -> Response[bytes]:
    given = request.query_params
    told = await ask(
        request, asker, HELD, first=PAGE,
        materialsAfter=given.get("materials"), certificatesAfter=given.get("certificates"),
    )  # fmt: skip
    return await shown(
        request, "wallet", asker,
        materials=_nodes(told["materials"]), certificates=_nodes(told["certificates"]),
        older_materials=_older(WALLET, told["materials"], "materials"),
        older_certificates=_older(WALLET, told["certificates"], "certificates"),
        words=words, problem=problem, address=WALLET, **values,
    )  # fmt: skip


def _nodes(told: Data) -> list[Data]:
    return [edge["node"] for edge in told["edges"]]


def _older(path: str, told: Data, name: str) -> str:
    end = told["pageInfo"]
    return with_query(path, **{name: end["endCursor"]}) if end["hasNextPage"] else ""


ROUTES: list[ControllerRouterHandler] = [wallet, certificates, remove]

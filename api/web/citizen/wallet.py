"""What one holds: certificates that departments issued, and papers that one gave once (证照和材料)."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from api.graphql.documents import named
from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.http.files import streamed
from api.pages.drawing import Reach
from api.pages.local import with_query
from api.web.citizen import sayings, words
from api.web.citizen.asking import Data, ask
from api.web.citizen.guide import GUIDE
from api.web.citizen.place import PAGE, WALLET, citizen, filled, onward, shown
from banshi.errors import DomainError
from banshi.scopes import Scope
from miniapps.materials import service
from storage import objects

HELD: Final = named("wallet")
CERTIFICATES: Final = named("certificates")
REMOVE: Final = named("remove_material")
PAPERS: Final = named("papers")


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


@get(f"{WALLET}/papers/{{version_id:uuid}}")
async def paper(request: AnyRequest, version_id: UUID) -> Stream:
    """Hand a stored file to whose it is, decrypted on its way.  Raises: NotFound."""
    asker = await citizen(request, Scope.MATERIALS_READ)
    return await streamed(service.open_here(asker.actor, version_id, now=asker.now))


@get(f"{WALLET}/add")
async def add(request: AnyRequest) -> Response[bytes]:
    """Show the papers that items ask for, of one item with `?item=`; with `?kind=`, where to add that one.

    Raises: ItemNotFound.
    """
    asker = await citizen(request, Scope.MATERIALS_WRITE)
    code, kind = request.query_params.get("item", ""), request.query_params.get("kind", "")
    if code:
        item = (await ask(request, asker, GUIDE, code=code, answers=[]))["item"]
        found = papers_of(item["materials"])
    else:
        item, told = None, (await ask(request, asker, PAPERS))["items"]
        found = papers_of(each for node in _nodes(told) for each in node["materials"])
    one = next((each for each in found if each["kind"] == kind), None)
    return await shown(
        request, "add", asker, item=item, papers=found, one=one,
        reach=Reach([objects.public_origin()]), address=f"{WALLET}/add",
    )  # fmt: skip


def papers_of(materials: Iterable[Data]) -> list[Data]:
    """Return each kind of paper that may be kept as a file once, in the form that all who ask for it take."""
    found: dict[str, Data] = {}
    for each in materials:
        if each["source"] == "identity" or each["medium"] == "paper":
            continue
        known = found.setdefault(each["kind"], each)
        formats = [name for name in known["formats"] if name in each["formats"]]
        most = min(known["maxMb"], each["maxMb"])
        found[each["kind"]] = {**known, "formats": formats or known["formats"], "maxMb": most}
    return list(found.values())


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


ROUTES: list[ControllerRouterHandler] = [wallet, certificates, paper, add, remove]

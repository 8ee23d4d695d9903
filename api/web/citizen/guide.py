"""What an item asks and gives (办事指南), for one's own situation."""

from typing import Final

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from api.graphql.documents import named
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.web import places
from api.web.citizen import typed, words
from api.web.citizen.asking import ask
from api.web.citizen.place import anybody, region_of, shown
from identity import regions
from identity.departments import AGENCIES

GUIDE: Final = named("guide")


@get("/items/{code:str}")
async def guide(request: AnyRequest, code: str) -> Response[bytes]:
    """Show it; the answers stand in the address, so that a link to one's own situation can be passed on.

    Raises: ItemNotFound.
    """
    asker = await anybody(request)
    given = Form(request.query_params, {})
    told = await ask(request, asker, GUIDE, code=code, answers=[])
    item = told["item"]
    answers = typed.read(item["questions"], given, typed.QUESTION)
    if answers:
        told = await ask(request, asker, GUIDE, code=code, answers=answers)
    needed = told["neededMaterials"]
    certain, maybe = ({each["kind"] for each in needed[name]} for name in ("materials", "maybe"))
    region = region_of(request, asker)
    return await shown(
        request, "guide", asker, item=item, given=typed.shown(item["questions"], answers), typed=typed,
        needed=[each for each in item["materials"] if each["kind"] in certain],
        maybe=[each for each in item["materials"] if each["kind"] in maybe], situations=needed["situations"],
        words=words, agency=AGENCIES.get(item["agency"], ""), places=places.named(item["regions"]),
        is_here=bool(set(regions.chain(region)) & set(item["regions"])),
        region_name=regions.full_name(region),
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [guide]

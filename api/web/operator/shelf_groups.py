"""Categories, life events and words that mean the same."""

from typing import Final

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.web.operator.place import SHELF, curator, filled
from api.web.operator.shelf_draft import change, drafted, edited, number, saved, words
from banshi.errors import DomainError
from miniapps.shelf.rules import Category, Edit, LifeEvent, tree

CATEGORIES: Final = f"{SHELF}/categories"
EVENTS: Final = f"{SHELF}/events"
SYNONYMS: Final = f"{SHELF}/synonyms"


@get(CATEGORIES)
async def categories(request: AnyRequest) -> Response[bytes]:
    """Show the categories, and one of them in the form when the address names it."""
    return await _categories(request, await curator(request))


@post(CATEGORIES, status_code=200)
async def keep_category(request: AnyRequest) -> Response[bytes]:
    """Add a category, change it, or drop it."""
    form, asker = await filled(request)
    try:
        if form.get("drop"):
            await change(asker, form, Edit(drop_categories=(form.get("drop"),)))
        else:
            place, parent = number(form, "place", instead=0), form.get("parent") or None
            made = Category(form.get("code"), form.get("name"), place, parent)
            await change(asker, form, Edit(categories=(made,)))
    except DomainError as refusal:
        return await _categories(request, asker, refusal=refusal, kept=form)
    return saved(CATEGORIES)


@get(EVENTS)
async def events(request: AnyRequest) -> Response[bytes]:
    """Show the life events, and one of them in the form when the address names it."""
    return await _events(request, await curator(request))


@post(EVENTS, status_code=200)
async def keep_event(request: AnyRequest) -> Response[bytes]:
    """Add a life event, change it, or drop it."""
    form, asker = await filled(request)
    try:
        if form.get("drop"):
            await change(asker, form, Edit(drop_life_events=(form.get("drop"),)))
        else:
            made = LifeEvent(
                form.get("code"), form.get("name"), number(form, "place", instead=0),
                words(form.get("topics")), form.get("for_elders") == "yes",
            )  # fmt: skip
            await change(asker, form, Edit(life_events=(made,)))
    except DomainError as refusal:
        return await _events(request, asker, refusal=refusal, kept=form)
    return saved(EVENTS)


@get(SYNONYMS)
async def synonyms(request: AnyRequest) -> Response[bytes]:
    """Show the groups of words, one a line."""
    return await _synonyms(request, await curator(request))


@post(SYNONYMS, status_code=200)
async def keep_synonyms(request: AnyRequest) -> Response[bytes]:
    """Add a group, put another in its place, or drop it; a group is named by its first word."""
    form, asker = await filled(request)
    held, named = (await drafted()).shelf.front.synonyms, form.get("drop") or form.get("was")
    group = () if form.get("drop") else words(form.get("group"))
    groups = [group if each[0] == named else each for each in held]
    if group not in groups:
        groups.append(group)
    try:
        await change(asker, form, Edit(synonyms=tuple(each for each in groups if each)))
    except DomainError as refusal:
        return await _synonyms(request, asker, refusal=refusal, kept=form)
    return saved(SYNONYMS)


async def _categories(
    request: AnyRequest, asker: Asker, *, refusal: DomainError | None = None, kept: Form | None = None
) -> Response[bytes]:
    held, named = await drafted(), request.query_params.get("code", "")
    rows = tree(held.shelf.front.categories)
    one = next((each for each in rows if each.code == named), None)
    begin = (
        {"code": one.code, "name": one.name, "place": str(one.place), "parent": one.parent or ""}
        if one
        else {}
    )
    return await edited(
        request, "shelf_categories", asker, address=CATEGORIES, refusal=refusal, kept=kept, begin=begin,
        draft=held, rows=rows, parents=[(row.code, row.name) for row in rows if row.parent is None],
    )  # fmt: skip


async def _events(
    request: AnyRequest, asker: Asker, *, refusal: DomainError | None = None, kept: Form | None = None
) -> Response[bytes]:
    held, named = await drafted(), request.query_params.get("code", "")
    rows = sorted(held.shelf.front.life_events, key=lambda each: (each.place, each.code))
    one = next((each for each in rows if each.code == named), None)
    begin = {
        "code": one.code, "name": one.name, "place": str(one.place), "topics": "、".join(one.topics),
        "for_elders": "yes" if one.for_elders else "",
    } if one else {}  # fmt: skip
    return await edited(
        request, "shelf_events", asker, address=EVENTS, refusal=refusal, kept=kept, begin=begin, draft=held,
        rows=rows,
    )  # fmt: skip


async def _synonyms(
    request: AnyRequest, asker: Asker, *, refusal: DomainError | None = None, kept: Form | None = None
) -> Response[bytes]:
    held = await drafted()
    rows, named = held.shelf.front.synonyms, request.query_params.get("was", "")
    one = next((each for each in rows if each[0] == named), ())
    begin = {"group": "、".join(one), "was": one[0]} if one else {}
    return await edited(
        request, "shelf_synonyms", asker, address=SYNONYMS, refusal=refusal, kept=kept, begin=begin,
        draft=held, rows=rows,
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [
    categories, keep_category, events, keep_event, synonyms, keep_synonyms,
]  # fmt: skip

"""The shelf: what is in force, what the draft changes, publishing it, and going back."""

from typing import Final

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.pages.local import go, with_query
from api.pages.signed_in import place
from api.web import confirming
from api.web.operator.place import OFFICE, PAGE, SHELF, curator, filled
from api.web.operator.shelf_changes import changes
from api.web.operator.shelf_draft import drafted, edited, number, revision_of
from banshi.errors import DomainError, InvalidInput
from miniapps.shelf import queries, service
from miniapps.shelf.errors import ShelfNothingDrafted
from storage.ids import new_id

SECTIONS: Final = (
    ("categories", "分类", "两级分类和它们的顺序"),
    ("events", "人生大事", "出生、上学、就业等主题"),
    ("slots", "推荐位", "首页横幅、宫格等位置的排期"),
    ("placings", "应用的位置", "排序、分类和给谁看"),
    ("synonyms", "同义词", "搜索时当作一样的词"),
    ("preview", "预览", "以某个地区、年龄、实名等级的群众的身份看"),
)


@get(SHELF)
async def overview(request: AnyRequest) -> Response[bytes]:
    """Show it all, and the editions there were."""
    return await _overview(request, await curator(request))


@post(f"{SHELF}/publish", status_code=200)
async def publish(request: AnyRequest) -> Response[bytes]:
    """Put the draft in force, after asking once more."""
    form, asker = await filled(request)
    held = await drafted()
    if form.get("note") and not confirming.is_sure(form):
        step = confirming.Step(
            "发布草稿？", (*changes(held.in_force, held.shelf), "发布以后群众马上看到。"), "发布", SHELF,
            is_bad=False,
        )  # fmt: skip
        kept = {name: form.get(name) for name in ("note", "revision", confirming.KEY)}
        return confirming.ask(request, OFFICE, asker, step, kept)
    try:
        revision = revision_of(form)
        if revision is None:
            raise ShelfNothingDrafted
        await service.publish(
            asker.actor, revision=revision, note=form.get("note"), key=confirming.key_of(form), now=asker.now
        )
    except DomainError as refusal:
        return await _overview(request, asker, refusal=refusal, kept=form)
    return go(with_query(SHELF, done="published"))


@post(f"{SHELF}/discard", status_code=200)
async def discard(request: AnyRequest) -> Response[bytes]:
    """Throw the draft away, after asking once more."""
    form, asker = await filled(request)
    held = await drafted()
    if not confirming.is_sure(form):
        told = (*changes(held.in_force, held.shelf), "以上改动都会丢掉，不能恢复。")
        step = confirming.Step("放弃草稿？", told, "放弃草稿", SHELF)
        return confirming.ask(request, OFFICE, asker, step, {"revision": form.get("revision")})
    try:
        await service.discard(asker.actor, revision=revision_of(form) or new_id(), now=asker.now)
    except DomainError as refusal:
        return await _overview(request, asker, refusal=refusal, kept=form)
    return go(with_query(SHELF, done="discarded"))


@post(f"{SHELF}/roll-back", status_code=200)
async def roll_back(request: AnyRequest) -> Response[bytes]:
    """Put a former edition in force again, after asking once more."""
    form, asker = await filled(request)
    try:
        former = await queries.edition(asker.actor, number(form, "number"))
        if form.get("reason") and not confirming.is_sure(form):
            held = await drafted()
            told = (*changes(held.in_force, queries.whole(former)), f"原因：{form.get('reason')}")
            step = confirming.Step(f"恢复到第 {former.number} 版目录？", told, "恢复", SHELF)
            kept = {name: form.get(name) for name in ("number", "reason", confirming.KEY)}
            return confirming.ask(request, OFFICE, asker, step, kept)
        await service.roll_back(
            asker.actor, former.number, reason=form.get("reason"), key=confirming.key_of(form), now=asker.now
        )
    except DomainError as refusal:
        return await _overview(request, asker, refusal=_of_reason(refusal), kept=form)
    return go(with_query(SHELF, done="restored"))


def _of_reason(refusal: DomainError) -> DomainError:
    """Return the refusal with the form's name for what the verb calls a note."""
    if isinstance(refusal, InvalidInput) and refusal.data["field"] == "note":
        return InvalidInput(field="reason", problem=refusal.data["problem"])
    return refusal


async def _overview(
    request: AnyRequest, asker: Asker, *, refusal: DomainError | None = None, kept: Form | None = None
) -> Response[bytes]:
    held = await drafted()
    page = await queries.editions(asker.actor, first=PAGE, after=place(request))
    front = held.shelf.front
    counts = {
        "categories": len(front.categories), "events": len(front.life_events), "slots": len(front.slots),
        "placings": len(held.shelf.placings), "synonyms": len(front.synonyms),
    }  # fmt: skip
    former = [row for row in page.rows if row.number != held.number]
    return await edited(
        request, "shelf", asker, address=SHELF, refusal=refusal, kept=kept, draft=held, sections=SECTIONS,
        counts=counts, changes=changes(held.in_force, held.shelf), editions=page.rows, key=str(new_id()),
        earlier=[(row.number, f"第 {row.number} 版：{row.note}") for row in former],
        older=with_query(SHELF, after=str(page.rows[-1].id)) if page.more else "",
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [overview, publish, discard, roll_back]

"""Switches: what is off, what was, turning one off with a notice, and turning it on again."""

from typing import Final

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.pages.local import go, with_query
from api.pages.signed_in import place
from api.web import confirming
from api.web.mistakes import mistake
from api.web.operator import targets
from api.web.operator.names import KINDS
from api.web.operator.place import OFFICE, PAGE, SWITCHES, curator, filled, here
from banshi.errors import DomainError
from miniapps.release import queries, service
from miniapps.release.rules.switches import SwitchKind

LIFT: Final = f"{SWITCHES}/lift"
FIELDS: Final = ("kind", "target", "reason", "notice")
WHAT_FOLLOWS: Final = {
    SwitchKind.VERSION: (
        "这个版本马上不能打开，正在用它的人被退出。",
        "所有人都用这个版本时，应用一并停用。",
    ),
    SwitchKind.APP: ("这个应用马上不能打开，正在用它的人被退出。",),
    SwitchKind.LISTING: ("群众找不到、也打不开这个应用；正在用的人可以用完。",),
    SwitchKind.DEVELOPER: ("这家开发单位的所有应用马上不能打开，正在用的人被退出。",),
    SwitchKind.SCOPE: ("所有应用马上失去这项权限，应用本身还能打开。",),
}


@get(SWITCHES)
async def list_(request: AnyRequest) -> Response[bytes]:
    """Show what is off, and the form for another switch, begun with what the address names."""
    return await _list(request, await curator(request))


@post(SWITCHES, status_code=200)
async def off(request: AnyRequest) -> Response[bytes]:
    """Turn something off, after asking once more."""
    form, asker = await filled(request)
    kind = _kind(form)
    is_whole = all(form.get(name) for name in FIELDS)
    if is_whole and not confirming.is_sure(form):
        target = form.get("target").strip()
        called = (await targets.names([(kind, target)]))[kind, target]
        step = confirming.Step(
            f"{KINDS[kind]}：{called}？",
            (*WHAT_FOLLOWS[kind], f"原因：{form.get('reason')}", f"给群众看的说明：{form.get('notice')}"),
            "马上停用", SWITCHES,
        )  # fmt: skip
        return confirming.ask(request, OFFICE, asker, step, {name: form.get(name) for name in FIELDS})
    try:
        await service.switch_off(
            asker.actor, kind, form.get("target"), reason=form.get("reason"), notice=form.get("notice"),
            now=asker.now,
        )  # fmt: skip
    except DomainError as refusal:
        return await _list(request, asker, refusal=refusal, kept=form)
    return go(with_query(SWITCHES, done="off"))


@get(LIFT)
async def lifting(request: AnyRequest) -> Response[bytes]:
    """Ask for the reason of turning something on again."""
    asker, given = await curator(request), request.query_params
    return await _lifting(request, asker, given.get("kind", ""), given.get("target", ""))


@post(LIFT, status_code=200)
async def lift(request: AnyRequest) -> Response[bytes]:
    """Turn it on again."""
    form, asker = await filled(request)
    kind, target = _kind(form), form.get("target")
    try:
        await service.switch_on(asker.actor, kind, target, reason=form.get("reason"), now=asker.now)
    except DomainError as refusal:
        return await _lifting(request, asker, kind, target, refusal=refusal, kept=form)
    return go(with_query(SWITCHES, done="on"))


def _kind(form: Form) -> SwitchKind:
    named = form.get("kind")
    return SwitchKind(named) if named in list(SwitchKind) else SwitchKind.APP


async def _list(
    request: AnyRequest, asker: Asker, *, refusal: DomainError | None = None, kept: Form | None = None
) -> Response[bytes]:
    given = request.query_params
    is_all = given.get("all") == "1"
    page = await queries.switches(asker.actor, only_off=not is_all, first=PAGE, after=place(request))
    older = ""
    if page.more:
        older = with_query(SWITCHES, all="1" if is_all else "", after=str(page.rows[-1].id))
    return here(
        request, "switches", asker, address=SWITCHES, rows=page.rows, older=older, is_all=is_all, kinds=KINDS,
        names=await targets.names([(row.kind, row.target) for row in page.rows]),
        **mistake(
            request, asker, refusal, kept, kind=given.get("kind", SwitchKind.APP),
            target=given.get("target", ""),
        ),
    )  # fmt: skip


async def _lifting(
    request: AnyRequest, asker: Asker, kind: str, target: str, *,
    refusal: DomainError | None = None, kept: Form | None = None,
) -> Response[bytes]:  # fmt: skip
    return here(
        request, "lift", asker, address=with_query(LIFT, kind=kind, target=target), kind=kind, target=target,
        called=KINDS.get(kind, kind), name=(await targets.names([(kind, target)]))[kind, target],
        **mistake(request, asker, refusal, kept),
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [list_, off, lifting, lift]

"""Giving versions to citizens step by step, and taking them back: each step is asked about once more."""

from dataclasses import dataclass
from secrets import token_hex
from typing import Any, Final

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.errors import AnyRequest
from api.pages.forms import Form
from api.pages.local import go, with_query
from api.pages.signed_in import place
from api.web.developer.place import APPS, about_app, builder, built
from api.web.mistakes import mistake
from api.web.stepping import did, fallbacks
from api.web.words import STAGES, STEPS, STEPS_UP
from banshi.errors import DomainError, InvalidInput
from banshi.scopes import Scope
from identity import regions, teams
from miniapps.catalog import queries as catalog
from miniapps.catalog.errors import AppNotFound
from miniapps.catalog.rules import VersionState
from miniapps.catalog.tables import MiniAppVersion
from miniapps.release import queries, service
from miniapps.release.queries import Held
from miniapps.release.rules.rising import Stage, Step

ONE: Final = f"{APPS}/{{app_id:str}}/release"
PAGE: Final = 20
KEY_BYTES: Final = 16


@dataclass(frozen=True)
class Shown:
    """A release as its pages need it."""

    held: Held
    versions: dict[Any, str]  # numbers of versions, by id
    approved: list[MiniAppVersion]  # newest first
    may_move: bool

    def stands(self) -> dict[str, Any]:
        """Return what templates show of the standing."""
        now = self.held.standing
        return {
            "stage": STAGES[now.stage], "stable": self.versions.get(now.stable, ""),
            "candidate": self.versions.get(now.candidate, ""), "percent": now.percent,
            "regions": [regions.full_name(code) for code in now.regions],
            "killed": sorted(self.versions[each] for each in now.killed),
            "withdrawn": sorted(self.versions[each] for each in now.withdrawn),
            "may_move": self.may_move,
        }  # fmt: skip

    def risers(self) -> list[str]:
        """Return the versions that may be given to more citizens."""
        now = self.held.standing
        return [
            row.version
            for row in self.approved
            if row.id not in now.killed and row.id != now.stable and now.candidate in (None, row.id)
        ]

    def falls(self) -> list[str]:
        """Return the versions that everybody may be given again."""
        return fallbacks(self.approved, self.held.standing)


@get(ONE)
async def one(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Show how the release of a mini-app stands, what may come next, and each step there was."""
    asker = await builder(request, Scope.APPS_READ)
    shown = await _shown(asker, app_id)
    page = await queries.steps(asker.actor, app_id, first=PAGE, after=place(request))
    numbers = await queries.numbers({row.version_id for row in page.rows})
    at = f"{APPS}/{app_id}/release"
    return await about_app(
        request, "developer_release", asker, shown.held.app, at=at, **shown.stands(),
        risers=shown.risers(), falls=shown.falls(), ups=STEPS_UP,
        steps=[(row, STEPS[row.kind], numbers[row.version_id], did(row),
                [regions.full_name(code) for code in row.regions]) for row in page.rows],
        older=with_query(at, after=str(page.rows[-1].id)) if page.more else "",
    )  # fmt: skip


@get(f"{ONE}/promote")
async def up(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Ask once more before a version is given to more citizens."""
    asker = await builder(request, Scope.APPS_RELEASE)
    asked = request.query_params
    return await _up(
        request, asker, app_id, asked.get("version", ""), asked.get("to", ""), token_hex(KEY_BYTES)
    )


@post(f"{ONE}/promote", status_code=200)
async def promote(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Give a version to more citizens; the same form again changes nothing more."""
    form, asker = await built(request, Scope.APPS_RELEASE)
    version, to, key = form.get("version"), form.get("to"), form.get("key")
    try:
        step = _step(form, to)
        await service.promote(asker.actor, app_id, version, step, idempotency_key=key, now=asker.now)
    except AppNotFound:
        raise
    except DomainError as refusal:
        return await _up(request, asker, app_id, version, to, key, refusal=refusal, kept=form)
    return go(with_query(f"{APPS}/{app_id}/release", done="promoted"))


@get(f"{ONE}/roll-back")
async def down(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Ask once more, and why, before everybody is given a version again."""
    asker = await builder(request, Scope.APPS_RELEASE)
    return await _down(request, asker, app_id, request.query_params.get("version", ""), token_hex(KEY_BYTES))


@post(f"{ONE}/roll-back", status_code=200)
async def roll_back(request: AnyRequest, app_id: str) -> Response[bytes]:
    """Give everybody a version again; the same form again changes nothing more."""
    form, asker = await built(request, Scope.APPS_RELEASE)
    version, key = form.get("version"), form.get("key")
    try:
        await service.roll_back(
            asker.actor, app_id, version, form.get("reason"), idempotency_key=key, now=asker.now
        )
    except AppNotFound:
        raise
    except DomainError as refusal:
        return await _down(request, asker, app_id, version, key, refusal=refusal, kept=form)
    return go(with_query(f"{APPS}/{app_id}/release", done="rolled-back"))


def _step(form: Form, to: str) -> Step:
    """Return the step that a form asks for.  Raises: InvalidInput."""
    if to == Stage.PERCENT:
        text = form.get("percent")
        if not text.isascii() or not text.isdecimal() or len(text) > 3:
            raise InvalidInput(field="percent", problem="请填写 1 至 100 的整数")
        return Step(percent=int(text))
    if to == Stage.REGIONS:
        chosen = tuple(code for code in form.lists.get("region", []) if code)
        if not chosen:
            raise InvalidInput(field="region", problem="请至少选一个地区")
        return Step(regions=chosen)
    if to not in STEPS_UP:
        raise InvalidInput(field="to", problem="请重新选择发布范围")
    return Step(everyone=to == Stage.EVERYONE)


async def _shown(asker: Asker, app_id: str) -> Shown:
    app = await catalog.own_app(asker.actor, app_id)
    held = await queries.release(asker.actor, app_id)
    rows = (await catalog.versions_of(asker.actor, [app.id]))[app.id]
    is_owner = await teams.is_owner(asker.actor)
    return Shown(
        held, dict(await queries.numbers(held.versions)),
        [row for row in rows if row.state == VersionState.APPROVED],
        is_owner and asker.actor.may(Scope.APPS_RELEASE),
    )  # fmt: skip


async def _up(
    request: AnyRequest, asker: Asker, app_id: str, version: str, to: str, key: str, *,
    refusal: DomainError | None = None, kept: Form | None = None,
) -> Response[bytes]:  # fmt: skip
    shown = await _shown(asker, app_id)
    if to not in STEPS_UP or version not in [row.version for row in shown.approved]:
        raise AppNotFound(app=app_id)
    at = f"{APPS}/{app_id}/release"
    return await about_app(
        request, "developer_promote", asker, shown.held.app, at=at, version=version, to=to, key=key,
        label=STEPS_UP[to], address=with_query(f"{at}/promote", version=version, to=to),
        places=[each for each in regions.shipped().values() if each.level in (2, 3)],
        chosen=kept.lists.get("region", []) if kept else [],
        **shown.stands(), **mistake(request, asker, refusal, kept),
    )  # fmt: skip


async def _down(
    request: AnyRequest, asker: Asker, app_id: str, version: str, key: str, *,
    refusal: DomainError | None = None, kept: Form | None = None,
) -> Response[bytes]:  # fmt: skip
    shown = await _shown(asker, app_id)
    if version not in [row.version for row in shown.approved]:
        raise AppNotFound(app=app_id)
    at = f"{APPS}/{app_id}/release"
    return await about_app(
        request, "developer_roll_back", asker, shown.held.app, at=at, version=version, key=key,
        address=with_query(f"{at}/roll-back", version=version),
        **shown.stands(), **mistake(request, asker, refusal, kept),
    )  # fmt: skip


ROUTES: list[ControllerRouterHandler] = [one, up, promote, down, roll_back]

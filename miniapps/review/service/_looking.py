"""The machine looks: the same gate as `miniapp check --browser`, over the package as it was handed in."""

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import structlog

from banshi import gate, package
from banshi.findings import PackageRefused
from banshi.gate import Chromium, Report
from banshi.gate.browser import BrowserFailed, BrowserMissing
from identity.actor import WORKER
from miniapps.catalog import queries as catalog_queries
from miniapps.catalog import service as catalog
from miniapps.catalog.rules import VersionState
from miniapps.catalog.service import packages
from miniapps.catalog.tables import MiniAppVersion
from miniapps.review import queries, rules
from miniapps.review.events import LookPutOff
from miniapps.review.rules import LookState
from miniapps.review.service._evidence import key
from miniapps.review.tables import AppLook
from storage import objects
from storage.db import transaction
from storage.outbox import emit

log = structlog.get_logger()

_chromium = Chromium()
_turn = asyncio.Semaphore(1)  # one browser per process


def configure(chromium: Chromium) -> None:
    """Tell this process which browser opens pages."""
    global _chromium
    _chromium = chromium


async def look(version_id: UUID, *, now: datetime) -> AppLook | None:
    """Look at a version that was handed in, and pass or refuse it; None when there is nothing to look at.

    May run twice: what was found stays as it is.  Without a browser nothing passes: the version waits, its
    look says why, and the machine tries again.  Pages that break the looking each time are refused for that;
    who made them may have people look.
    Raises: FileDamaged, Unavailable.
    """
    row = await catalog_queries.version(WORKER, version_id)
    if row.state != VersionState.SUBMITTED or row.package_sha256 is None:
        return None
    made = await _begin(row, now=now)
    if made.state != LookState.DONE:
        began = time.monotonic()
        try:
            async with _turn:
                report = await _judge(await packages.package_bytes(version_id))
        except (BrowserMissing, BrowserFailed) as error:
            if isinstance(error, BrowserMissing) or made.tries < rules.MOST_TRIES:
                return await _put_off(made, str(error), now=now)
            report = Report([gate.RULES["browser.crash"].at("", 0, str(error))])
        if report.is_walled is False:
            log.warning("review.look_unwalled", version_id=str(version_id))
        await _keep(version_id, report.shots)
        await _done(made, report, took_s=time.monotonic() - began, now=now)
    await _verdict(made, now=now)
    return made


async def _judge(data: bytes) -> Report:
    try:
        return await gate.judge(package.read(data), chromium=_chromium)
    except PackageRefused as refusal:  # rules on packages are older than this version of them
        return Report(refusal.findings)


async def _begin(row: MiniAppVersion, *, now: datetime) -> AppLook:
    async with transaction():
        before = await AppLook.objects().where(AppLook.version_id == row.id).lock_rows().first()
        if before is None:
            made = AppLook(version_id=row.id, team_id=row.team_id, began_at=now)
            await made.save()
            return made
        if before.state != LookState.DONE:
            before.state, before.tries = LookState.RUNNING, before.tries + 1
            await before.save([AppLook.state, AppLook.tries])
        return before


async def _put_off(made: AppLook, problem: str, *, now: datetime) -> AppLook:
    log.error("review.look_put_off", version_id=str(made.version_id), reason=problem)
    async with transaction():
        made.state, made.problem = LookState.WAITING, problem[:400]
        await made.save([AppLook.state, AppLook.problem])
        later = LookPutOff(party_id=None, version_id=made.version_id, at=now)
        await emit(later, now=now, not_before=now + rules.AGAIN)
    return made


async def _keep(version_id: UUID, shots: Mapping[str, bytes]) -> None:
    """Store the pictures; written before the row that names them."""
    for name, picture in shots.items():
        await objects.put(key(version_id, name), picture, media_type="image/png")


async def _done(made: AppLook, report: Report, *, took_s: float, now: datetime) -> None:
    kept = report.findings[: rules.MOST_KEPT]
    made.state, made.problem = LookState.DONE, ""
    made.found, made.findings = len(report.findings), msgspec.json.encode(kept).decode()
    made.shots = msgspec.json.encode(sorted(report.shots)).decode()
    made.is_walled = report.is_walled
    made.took_ms, made.done_at = round(took_s * 1000), now + timedelta(seconds=took_s)
    await made.save()


async def _verdict(made: AppLook, *, now: datetime) -> None:
    found = queries.findings(made)
    if gate.passes(found):
        await catalog.gate_passed(made.version_id, now=now)
    else:
        await catalog.gate_refused(made.version_id, rules.against(found), now=now)

"""The machine looks: the same gate as `miniapp check --browser`, over the package as it was handed in."""

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import structlog

from banshi import gate, package
from banshi.errors import Unavailable
from banshi.findings import PackageRefused
from banshi.gate import Chromium, Report
from banshi.gate.browser import BrowserFailed, BrowserMissing
from identity.actor import WORKER
from miniapps.catalog import queries as catalog_queries
from miniapps.catalog import service as catalog
from miniapps.catalog.errors import FileDamaged
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
_here = 0  # looks of this process, under way or waiting for their turn


def configure(chromium: Chromium) -> None:
    """Tell this process which browser opens pages."""
    global _chromium
    _chromium = chromium


async def look(version_id: UUID, *, now: datetime) -> AppLook | None:
    """Look at a version that was handed in, and pass or refuse it; None when there is nothing to look at.

    May run twice: what was found stays as it is.  Without a browser, or while its package cannot be read,
    nothing passes: the version waits, its look says why, and the machine tries again.  Where a process has
    its hands full the version comes back soon.  Pages that break the looking each time, or end the process
    that looks, are refused for that; who made them may have people look.
    """
    global _here
    row = await catalog_queries.version(WORKER, version_id)
    if row.state != VersionState.SUBMITTED or row.package_sha256 is None:
        return None
    if _here >= rules.MOST_AT_ONCE:  # they would keep every other task of this worker waiting
        await again(version_id, now=now, after=rules.SOON)
        return None
    _here += 1
    try:
        return await _looked(row, now=now)
    finally:
        _here -= 1


async def _looked(row: MiniAppVersion, *, now: datetime) -> AppLook:
    made = await _begin(row, now=now)
    if made.state != LookState.DONE:
        began = time.monotonic()
        try:
            report = await _report(made)
        except (BrowserMissing, Unavailable, FileDamaged) as error:
            return await _put_off(made, str(error), tries=0, now=now)
        except BrowserFailed as error:
            if made.tries < rules.MOST_TRIES:
                return await _put_off(made, str(error), tries=made.tries, now=now)
            report = Report([gate.RULES["browser.crash"].at("", 0, str(error))])
        if report.is_walled is False:
            log.warning("review.look_unwalled", version_id=str(row.id))
        await _keep(row.id, report.shots)
        await _done(made, report, took_s=time.monotonic() - began, now=now)
    await _verdict(made, now=now)
    return made


async def again(version_id: UUID, *, now: datetime, after: timedelta) -> None:
    """Let the machine look at a version later."""
    later = LookPutOff(party_id=None, version_id=version_id, at=now)
    async with transaction():
        await emit(later, now=now, not_before=now + after)


async def _report(made: AppLook) -> Report:
    if made.tries > rules.MOST_TRIES:  # nobody came back to say why
        told = f"the process that opened the pages ended {rules.MOST_TRIES} times, or did not end at all"
        return Report([gate.RULES["browser.crash"].at("", 0, told)])
    async with _turn:
        return await _judge(await packages.package_bytes(made.version_id))


async def _judge(data: bytes) -> Report:
    try:
        return await gate.judge(package.read(data), chromium=_chromium)
    except PackageRefused as refusal:  # rules on packages are older than this version of them
        return Report(refusal.findings)


async def _begin(row: MiniAppVersion, *, now: datetime) -> AppLook:
    async with transaction():
        before = await AppLook.objects().where(AppLook.version_id == row.id).lock_rows().first()
        if before is None:
            made = AppLook(version_id=row.id, team_id=row.team_id, began_at=now, tried_at=now)
            await made.save()
            return made
        if before.state != LookState.DONE:
            before.state, before.tries, before.tried_at = LookState.RUNNING, before.tries + 1, now
            await before.save([AppLook.state, AppLook.tries, AppLook.tried_at])
        return before


async def _put_off(made: AppLook, problem: str, *, tries: int, now: datetime) -> AppLook:
    log.error("review.look_put_off", version_id=str(made.version_id), reason=problem)
    async with transaction():
        made.state, made.problem, made.tries = LookState.WAITING, problem[:400], tries
        await made.save([AppLook.state, AppLook.problem, AppLook.tries])
        await again(made.version_id, now=now, after=rules.AGAIN)
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
    await made.save(OUTCOME)


OUTCOME = [
    AppLook.state, AppLook.problem, AppLook.found, AppLook.findings, AppLook.shots, AppLook.is_walled,
    AppLook.took_ms, AppLook.done_at,
]  # fmt: skip


async def _verdict(made: AppLook, *, now: datetime) -> None:
    found = queries.findings(made)
    if gate.passes(found):
        await catalog.gate_passed(made.version_id, now=now)
    else:
        await catalog.gate_refused(made.version_id, rules.against(found), now=now)

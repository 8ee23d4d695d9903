"""Where people are invented, their part in the platform's own mini-apps is played at once.

Elsewhere what was handed in waits for the machine, a department, a reviewer and whoever releases.
"""

from datetime import datetime

from banshi import gate, package
from identity.actor import WORKER_ID
from identity.sandbox import stand_in
from miniapps.catalog import service as catalog
from miniapps.catalog.rules import IN_REVIEW
from miniapps.catalog.service import agreements, packages
from miniapps.catalog.tables import MiniApp, MiniAppVersion
from miniapps.release.errors import CandidateUnderWay, VersionNotReleasable
from miniapps.release.service._promoting import release

DEPARTMENT, VENDOR, OPERATOR = "manager", "developer", "operator"  # personas in posts of the platform's organ


async def play(*, now: datetime) -> None:
    """Sign for, approve and release what the platform handed in itself, as far as the gate passes its files.

    What it refuses waits for the worker's look; what is being tried step by step stays with whoever tries it.
    Raises: FileDamaged, Unavailable.
    """
    ours = (MiniAppVersion.submitted_by == WORKER_ID) & MiniAppVersion.state.is_in(list(IN_REVIEW))
    for row in await MiniAppVersion.objects().where(ours):
        if not gate.passes(gate.inspect(package.read(await packages.package_bytes(row.id)))):
            continue
        await catalog.gate_passed(row.id, now=now)
        await _sign(row, now=now)
        try:
            await release(await stand_in(OPERATOR, now=now), row.id, now=now)
        except (CandidateUnderWay, VersionNotReleasable):
            continue


async def _sign(row: MiniAppVersion, *, now: datetime) -> None:
    app = await MiniApp.objects().where(MiniApp.id == row.app).first()
    assert app is not None, "a version has its mini-app"
    for key, office in ((DEPARTMENT, row.department_id), (VENDOR, row.team_id)):
        actor = await stand_in(key, acting_for=office, now=now)
        await agreements.sign(actor, app.app_id, agreements.text(agreements.side_of(actor)).sha256, now=now)

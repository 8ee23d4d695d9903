"""出生登记: enters newborns in the household register, with the papers that the platform has already.

What the citizen does he does at the platform, where this program acts for him while he is here.
"""

import asyncio
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from applying import CODE, HANDED_IN, PROMISE, Child, Family, Paper, Step, check, papers, told
from remembering import Decisions

from banshi import Citizen, MiniApp, events
from banshi.platform import CaseDraft, MaterialChoice
from banshi.refusals import PlatformError

FOLDER = Path(__file__).parent

app = MiniApp.from_manifest(FOLDER / "miniapp.yaml")
decisions = Decisions(
    os.environ.get("MINIAPP_DECISIONS", FOLDER / "decisions.sqlite"), days=app.manifest.retention_days
)


class Nothing(msgspec.Struct):
    """What is asked with no more words."""


class Needs(msgspec.Struct):
    family: Family


class Application(Needs):
    child: Child
    key: str  # the page's own: a second tap is the same application
    promises: list[str] = []  # kinds of papers that the citizen gives his word for


class Handed(msgspec.Struct):
    id: str
    serial: str


@app.api("papers", scope="materials:read")
async def needed(citizen: Citizen, ask: Needs) -> list[Paper]:
    """Tell which papers are needed, and which of them are there already."""
    async with citizen.platform() as platform:
        return papers(await platform.cases.prepare(CODE, answers=ask.family.answers()))


@app.api("apply", scope="cases:write")
async def apply(citizen: Citizen, ask: Application) -> Handed:
    """Hand the application in, once it is whole, and tell the citizen by which number to ask for it."""
    answers, form = ask.family.answers(), ask.child.form(ask.family)
    choices = [MaterialChoice(kind, PROMISE) for kind in ask.promises]
    draft = CaseDraft(CODE, citizen.region, answers=answers, form=form, choices=choices)
    async with citizen.platform() as platform:
        check(await platform.cases.prepare(CODE, answers=answers, form=form), ask.promises)
        begun = await platform.cases.start(draft, key=f"{ask.key}:start")
        case = await platform.cases.submit(begun.id, key=f"{ask.key}:submit")
        with suppress(PlatformError):  # it is handed in, told or not
            await platform.notices.send(HANDED_IN, told(case), page="/index.html", key=f"{ask.key}:told")
    return Handed(str(case.id), case.number or "")


@app.api("steps", scope="cases:read")
async def steps(citizen: Citizen, ask: Nothing) -> list[Step]:
    """Tell how far the citizen's applications are, newest first."""
    known = await asyncio.to_thread(decisions.of, citizen.sub, now=datetime.now(UTC))
    async with citizen.platform() as platform:
        return [
            Step(
                str(case.id),
                case.number or "",
                case.title,
                case.state,
                case.outcome or "",
                str(case.id) in known,
            )
            async for case in platform.cases.each()
            if case.code == CODE and case.number
        ]


@app.on(events.CaseDecided)
async def decided(event: events.CaseDecided) -> None:
    """Remember that there is a result to look at."""
    await asyncio.to_thread(decisions.note, event.sub, str(event.case_id), event.at)


@app.on(events.ConsentWithdrawn)
async def forget(event: events.ConsentWithdrawn) -> None:
    """Delete all that is kept of the citizen."""
    await asyncio.to_thread(decisions.forget, event.sub)

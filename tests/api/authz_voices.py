"""What stands on the shelf of the world, and what its owner says of a mini-app: a tester, as it happens."""

from datetime import datetime, timedelta

from identity import audit
from identity.actor import Actor
from identity.sandbox import BY_KEY
from miniapps.items.rules import Words
from miniapps.release.service import let_try
from miniapps.shelf import queries, service
from miniapps.shelf.rules import Area, Concern, DefectState, Edit, Placing, Severity, Slot
from miniapps.shelf.service import Move, Report
from tests.api.authz_actors import OTHER_APP, OWN_APP, PERSONAS

HOUR = timedelta(hours=1)


async def a_shelf(operator: Actor, now: datetime) -> dict[str, str]:
    """An edition with a slot, and a draft with two that want one place."""
    for each in await queries.lock_unindexed():
        await service.store(each, Words(syllables=("zu", "fang"), tokens=()))
    await service.seed(now=now)
    slot = Slot("top", OWN_APP, Area.BANNER, 1, "330000", now - HOUR, now + HOUR)
    placing = Placing(OWN_APP, place=1, categories=("rent",), life_events=("property",))
    draft = await service.edit(operator, Edit(placings=(placing,), slots=(slot,)), revision=None, now=now)
    await service.publish(operator, revision=draft.revision, note="上线", key="world", now=now)
    same = Slot("other", OTHER_APP, Area.BANNER, 1, "330000", now - HOUR, now + HOUR)
    draft = await service.edit(operator, Edit(slots=(same,)), revision=None, now=now)
    return {"revision": str(draft.revision)}


async def some_voices(actors: dict[str, Actor], now: datetime) -> dict[str, str]:
    """What the owner says: words shown, words that wait, a complaint, defects of which two are one."""
    owner, operator = actors["owner"], actors["operator"]
    for app_id, words in ((OWN_APP, "好用"), (OTHER_APP, "还行")):
        await audit.record(owner, "app.open", f"app/{app_id}", now=now)
        await service.rate(owner, app_id, 5, words, now=now)
    newest, oldest = (await queries.waiting(operator, first=2, after=None, now=now)).rows
    await service.moderate(operator, oldest.id, show=True, now=now)
    complaint = await service.complain(
        owner, OWN_APP, concern=Concern.BROKEN, text="点提交没有反应", key="world", now=now
    )
    who = BY_KEY[PERSONAS["owner"]]
    tester = await service.appoint(
        operator, number=who.number, name=who.name, region="330106", until=now + 24 * HOUR, now=now
    )
    await let_try(operator, owner.person_id, OTHER_APP, until=tester.ends_at, now=now)
    report = Report(
        app_id=OWN_APP, version="1.0.0", severity=Severity.MAJOR, title="白屏", steps="点提交以后一片空白"
    )
    defects = [await service.report(owner, report, key=key, now=now) for key in ("one", "two", "three")]
    same = Move(to=DefectState.DUPLICATE, duplicate_of=defects[0].id)
    await service.move(operator, defects[1].id, same, now=now)
    await service.move(operator, defects[0].id, Move(to=DefectState.CONFIRMED), now=now)
    return {
        "comment": str(newest.id), "complaint": str(complaint.id),
        "app tester": str(tester.id), "defect": str(defects[0].id), "new defect": str(defects[2].id),
    }  # fmt: skip

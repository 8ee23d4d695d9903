"""`banshi run --demo`: the main job on servers of its own, checked twice."""

import asyncio
import json
import os
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.markup import escape

from api.cli.demo import acts, documents
from api.cli.demo.acts import Seen, Stage
from api.cli.demo.narration import Narration
from api.cli.demo.people import Cast, Person
from api.cli.demo.platform import DemoPlatform, MiniAppServer, NotReady
from api.cli.demo.privacy import leaks
from api.cli.demo.screens import look_around
from banshi.client import PlatformError
from storage.embedded import place

APP_FOLDER = Path(__file__).parents[3] / "sdk" / "examples" / "rent-withdrawal"
AGENCIES = ("public_security", "housing_fund", "human_resources")
EXPECTED = {
    "cases": 5, "zero_trip": 3, "one_trip": 1, "unproven": 1, "uploads": 4, "materials_reused": 2,
    "certificates": 4,
}  # fmt: skip
HEADS = ("", "办事人", "事项", "结论", "跑动", "上传", "复用", "证照", "说明")


def demonstrate(seed: int | None) -> int:
    """Play the story and return the exit code: 0 when everything is as it should be."""
    begun = time.monotonic()
    seed = secrets.randbelow(1_000_000) if seed is None else seed
    tell = Narration()
    tell.console.print(f"[bold]Banshi 办事 演示[/]  seed {seed}（同一个 seed 重现同样的输入）")
    folder = Path(tempfile.mkdtemp(prefix="banshi-demo-"))
    folder.chmod(0o755)  # PostgreSQL's own user has to get in
    platform: DemoPlatform | None = None
    try:
        tell.act("启动真实服务器：PostgreSQL、Valkey、SeaweedFS、API、worker")
        platform = DemoPlatform(folder / "data", hear=tell.aside)
        platform.wait()
        tell.say(f"平台就绪：{platform.url}")
        seen = asyncio.run(_play(platform, folder, seed, tell))
        figures = sum_up(seen)
        _show(tell, seen)
        wrong = {name: figures[name] for name, value in EXPECTED.items() if figures[name] != value}
        checked = _verify(platform, figures, tell)
        if wrong:
            tell.console.print(f"[red]与预期不符：{wrong}")
    except (NotReady, PlatformError, AssertionError) as error:
        tell.close()
        logs = _keep_logs(folder / "data")
        tell.console.print(f"[red]演示没有走完：{escape(str(error))}；日志留在 {logs}")
        return 1
    finally:
        tell.close()
        if platform is not None:
            platform.stop()
        place.forget(folder / "data" / "postgres")  # which may be elsewhere, when the folder is private
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps({**figures, "elapsed_s": round(time.monotonic() - begun, 1)}))
    return 0 if checked and not wrong else 1


def _keep_logs(data: Path) -> Path:
    kept = Path(tempfile.mkdtemp(prefix="banshi-demo-logs-"))
    for log in data.glob("*.log"):
        shutil.copy(log, kept)
    return kept


async def _play(platform: DemoPlatform, folder: Path, seed: int, tell: Narration) -> list[Seen]:
    draw = random.Random(f"banshi demo {seed}")  # noqa: S311 (a story's dice, nothing secret)
    cast = Cast(platform.url, draw)
    app = MiniAppServer(APP_FOLDER, platform.url, hear=lambda line: None)
    try:
        tell.act("第三方开发者发布小程序，运营人员审核上架")
        await publish(cast, app, folder, tell)
        clerks = {agency: await cast.staff(f"clerk_{agency}") for agency in AGENCIES}
        stage = Stage(cast, draw, tell, clerks, await cast.staff("maintainer"), app.url)
        tell.act("(a) 上传两份材料，申领居住证，获得证照")
        citizen, first = await acts.upload_apply_approve(stage, confirm=True, act="a")
        tell.act("(b) 同一位群众通过小程序办第二件事，材料全部复用")
        second = await acts.reuse_through_mini_app(stage, citizen)
        tell.act("这位群众看各个页面：平台只认预先登记的可信文档")
        await look_around(stage, citizen, [first, second])
        tell.act("(c) 必须到大厅一次")
        third = await acts.visit_a_hall(stage)
        tell.act("(d) 超期办件被自动标记")
        fourth = await acts.run_over_the_limit(stage)
        tell.act("(e) 证据不足：未证实，而不是零次")
        _, fifth = await acts.upload_apply_approve(stage, confirm=False, act="e")
        found = leaks(folder / "data", cast.people)
        assert not found, f"个人信息泄漏：{found}"
        tell.say(f"{len(cast.people)} 人的姓名、证件号、电话和令牌，均不见于日志和任务队列")
        return [first, second, third, fourth, fifth]
    finally:
        app.stop()
        await cast.leave()


async def publish(cast: Cast, app: MiniAppServer, folder: Path, tell: Narration) -> None:
    """The third party uses its own command and its own session; both sides sign, an operator reviews."""
    developer, operator = await cast.staff("developer"), await cast.staff("operator")
    app.wait()
    manifest = folder / "miniapp.yaml"
    text = (APP_FOLDER / "miniapp.yaml").read_text(encoding="utf-8")
    manifest.write_text(text.replace("http://127.0.0.1:8600/", f"{app.url}/"), encoding="utf-8")
    await asyncio.to_thread(_run_miniapp, manifest, developer)
    tell.say("miniapp publish：版本已提交审核")
    for signer in (await cast.staff("clerk_housing_fund"), developer):
        told = (await signer.ask(documents.AGREEMENT_TEXT))["agreementText"]
        await signer.ask(documents.SIGN_AGREEMENT, appId="rent-withdrawal", textSha256=told["sha256"])
    tell.say("主管单位和开发单位已签署接入责任书")
    found = await operator.ask(documents.MINI_APP, appId="rent-withdrawal")
    await operator.ask(documents.RELEASE_MINI_APP, id=found["miniApp"]["versions"][0]["id"])
    tell.say("运营人员审核通过，小程序上架")


def _run_miniapp(manifest: Path, developer: Person) -> None:
    env = {**os.environ, "MINIAPP_TOKEN": developer.platform.token or ""}
    command = [sys.executable, "-m", "banshi", "publish", str(manifest), "--platform", developer.platform.url]
    done = subprocess.run(command, env=env, capture_output=True, text=True)  # noqa: S603
    assert done.returncode == 0, f"miniapp publish failed: {done.stdout}{done.stderr}"


def sum_up(seen: list[Seen]) -> dict[str, int]:
    """Return the figures of the last line, all but the time."""
    return {
        "cases": len(seen),
        "zero_trip": sum(one.verdict == "zero" for one in seen),
        "one_trip": sum(one.verdict == "one" for one in seen),
        "unproven": sum(one.verdict == "unproven" for one in seen),
        "uploads": sum(one.uploads for one in seen),
        "materials_reused": sum(one.reused for one in seen),
        "certificates": sum(one.certificates for one in seen),
    }


def _show(tell: Narration, seen: list[Seen]) -> None:
    rows = [
        (one.act, one.citizen, one.item, acts.VERDICTS[one.verdict],
         "？" if one.verdict == "unproven" else str(one.trips), str(one.uploads), str(one.reused),
         str(one.certificates), "；".join(one.notes[:1]))
        for one in seen
    ]  # fmt: skip
    tell.table(rows, HEADS)


def _verify(platform: DemoPlatform, figures: dict[str, int], tell: Narration) -> bool:
    """Let the checker recompute every figure from raw rows and objects."""
    command = [sys.executable, "-m", "api.cli", "verify-demo", "--expect", json.dumps(figures)]
    done = subprocess.run(command, env=platform.env, capture_output=True, text=True)  # noqa: S603
    tell.console.print(done.stdout.rstrip())
    if done.returncode:
        tell.console.print(f"[red]{done.stderr.rstrip()}")
    return done.returncode == 0

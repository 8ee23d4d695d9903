"""How much memory packages take that come in at the same time: `python -m bench._lab.uploads [--at-once N]`.

One API process with servers and a folder of its own.  Each package is of another mini-app, two of a team;
memory is the peak of the process' resident set (VmHWM) above what it held before.
The last line is one JSON object.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import httpx

from banshi import manifest as manifests
from banshi import package
from banshi.client import Platform
from bench.startup import _descendants, start, stop
from identity.sandbox import BY_KEY, FACE_CODE
from storage.embedded.process import free_port

PERSONAS = ("wang_fang", "li_wei", "chen_jing", "wu_gang")
OF_TEAM, FILE_BYTES = 2, 4 * 2**20
CREATE = 'mutation { createTeam(name: "上传测试") { id } }'
ENTER = "mutation ($team: String!) { actAs(actingAs: $team) { token } }"
KEY = 'mutation ($key: String!) { addTeamKey(publicKey: $key, name: "测试") { keyId } }'
MANIFEST = """\
format: 1
id: {id}
name: 上传测试
version: 1.0.0
department: 杭州住房公积金管理中心
operator: 示例科技有限公司
purpose: 测上传占多少内存
entry: /index.html
scopes:
  cases:read: 向您显示申请办到哪一步
regions: ["330000"]
retention_days: 0
hotline: "12329"
"""


def packed(number: int, size: int, pem: bytes) -> bytes:
    """Return a package of about `size` bytes that does not compress."""
    text = MANIFEST.format(id=f"upload-{number}")
    made = random.Random(number)
    lengths = [min(FILE_BYTES, size - begun) for begun in range(0, size, FILE_BYTES)]
    files = {f"{at}.png": made.randbytes(length) for at, length in enumerate(lengths)}
    page = {"index.html": b"<!doctype html><title>a</title>", "miniapp.yaml": text.encode()}
    return package.pack(manifests.read(text), {**page, **files}, pem)


def resident(pid: int, what: str) -> float:
    """Return VmRSS or VmHWM of a process in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:")) / 1024


async def team(url: str, persona: str, pem: bytes) -> str:
    """Found a team that signs with this key; return a token of one who acts in it."""
    async with Platform(url) as platform:
        who = BY_KEY[persona]
        await platform.sign_in(
            {"method": "face", "id_number": who.number, "name": who.name, "face": FACE_CODE}
        )
        made = await platform.graphql(CREATE)
        entered = await platform.graphql(ENTER, {"team": f"team:{made['createTeam']['id']}"})
        platform.token = str(entered["actAs"]["token"])
        await platform.graphql(KEY, {"key": package.public_of(pem).hex()})
        return platform.token


async def upload(url: str, token: str, data: bytes) -> int:
    """Send a package; return the status."""
    headers = {"authorization": f"Bearer {token}", "content-type": "application/zip"}
    async with httpx.AsyncClient(timeout=300, trust_env=False) as client:
        return (await client.post(f"{url}/apps/packages", content=data, headers=headers)).status_code


async def measure(url: str, pid: int, at_once: int, size: int) -> dict[str, float]:
    """Send all packages at once."""
    pem = package.new_key()
    tokens = [await team(url, persona, pem) for persona in PERSONAS[: -(-at_once // OF_TEAM)]]
    whole = [packed(number, size, pem) for number in range(at_once)]
    await upload(url, tokens[0], b"PK")  # whatever the first upload loads is no matter of its size
    Path(f"/proc/{pid}/clear_refs").write_text("5")  # VmHWM begins anew
    before, begun = resident(pid, "VmRSS"), time.monotonic()
    sent = [upload(url, tokens[number // OF_TEAM], data) for number, data in enumerate(whole)]
    taken = await asyncio.gather(*sent)
    return {
        "at_once": at_once, "mib_each": round(len(whole[0]) / 2**20, 1), "taken": taken.count(201),
        "seconds": round(time.monotonic() - begun, 1), "before_mib": round(before, 1),
        "peak_growth_mib": round(resident(pid, "VmHWM") - before, 1),
    }  # fmt: skip


def main() -> None:
    """Start, measure, and stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--mib", type=float, default=19.9)
    asked = parser.parse_args()
    os.environ["BANSHI_PROCESSES"] = "1"
    data, port = Path(tempfile.mkdtemp(prefix="banshi-uploads-", dir="/tmp")), free_port()
    data.chmod(0o755)
    running, _, _ = start(data, port)
    try:
        pids = [pid for pid in _descendants(running.pid) if b"api.serve" in _command(pid)]
        found = asyncio.run(
            measure(f"http://127.0.0.1:{port}", pids[0], asked.at_once, int(asked.mib * 2**20))
        )
    finally:
        stop(running, signal.SIGTERM)
        shutil.rmtree(data, ignore_errors=True)
    sys.stdout.write(json.dumps(found) + "\n")


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


if __name__ == "__main__":
    main()

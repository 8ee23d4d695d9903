"""Citizens who signed in, agreed and opened the mini-app, and the calls they make by either way."""

import http.client
import json
import random
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from banshi import mgop
from banshi.mgop import Sent
from bench._lab import wires
from bench._lab.data import viewers
from bench._lab.wires import Ask
from bench.gateway.app import API, APP, OLD_NAME, SCOPE

HOST = f"{APP}.apps.localhost:8000"
CITIES = ("杭州", "宁波", "温州", "嘉兴", "湖州", "绍兴", "金华", "衢州", "舟山", "台州", "丽水")
AK = "jl9vupjh+200100201+nytcfro"


@dataclass(frozen=True)
class Citizen:
    """What a citizen's phone holds."""

    token: str  # of the mini-app
    cookies: str  # of its origin
    signs_with: str


def sign_in(port: int, index: int) -> str:
    """Sign a citizen in, from an address of his own; return his session's token."""
    form = {"method": "face", "face": "ok", "id_number": viewers.number(index), "name": viewers.name(index)}
    dice = random.Random(index)
    address = {"x-forwarded-for": ".".join(str(dice.randrange(1, 255)) for _ in range(4))}
    return str(_told(port, Ask(json.dumps(form).encode(), address, "/session"))["token"])


def open_app(port: int, session: str) -> Citizen:
    """Open the mini-app, agreeing to what it asks for; its tokens are good for ten minutes."""
    variables = {"appId": APP, "scopes": [SCOPE]}
    body = json.dumps({"documentId": wires.named("open_mini_app"), "variables": variables}).encode()
    told = _told(port, Ask(body, {"authorization": f"Bearer {session}"}))
    token = told["data"]["openMiniApp"]["token"]
    jar = _cookies(port, Ask(json.dumps({"token": token}).encode(), _origin(), "/h5/enter"))
    jar |= _cookies(port, old_way(Citizen("", _line(jar), ""), 1))  # signed with nothing: what to sign with
    return Citizen(token, _line(jar), jar[mgop.COOKIE].partition("_")[0])


def calls(citizens: Sequence[Citizen], count: int, *, old: bool) -> list[Ask]:
    """Return so many calls of citizens drawn at random, no two alike."""
    dice, first = random.Random(f"calls {count}"), time.time_ns() // 1000 % 100_000_000
    make = old_way if old else new_way
    return [make(dice.choice(citizens), first + number) for number in range(count)]


def new_way(citizen: Citizen, number: int) -> Ask:
    """Return a call as new pages make it."""
    return Ask(_body(number), {"authorization": f"Bearer {citizen.token}"}, f"/gw/{APP}/{API}")


def old_way(citizen: Citizen, number: int) -> Ask:
    """Return a call as pages of the old gateway make it."""
    sent = Sent(AK, OLD_NAME, str(time.time_ns() // 1_000_000), "null", "")
    query = {
        "ak": sent.ak,
        "api": sent.api,
        "ts": sent.ts,
        "sign": sent.sign(citizen.signs_with),
        "data": "null",
    }
    path = "/h5/mgop?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    return Ask(_body(number), {**_origin(), "cookie": citizen.cookies}, path)


def _body(number: int) -> bytes:
    asked = {
        "rent": number % 1_000_000,
        "city": CITIES[number % 11],
        "since": f"20{number // 1_000_000 % 100:02}-01",
    }
    return json.dumps(asked, ensure_ascii=False).encode()


def _origin() -> dict[str, str]:
    return {"host": HOST, "origin": f"http://{HOST}"}


def _line(jar: Mapping[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in jar.items())


def _asked(port: int, ask: Ask) -> tuple[bytes, list[str]]:
    """Return an answer, and its cookies."""
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        wire.request("POST", ask.path, ask.body, {"content-type": "application/json", **ask.headers})
        answer = wire.getresponse()
        return answer.read(), answer.headers.get_all("set-cookie") or []
    finally:
        wire.close()


def _told(port: int, ask: Ask) -> dict[str, dict[str, dict[str, str]]]:
    body, _ = _asked(port, ask)
    told = json.loads(body)
    if "errors" in told:
        sys.exit(f"{ask.path}: {told}")
    return dict(told)


def _cookies(port: int, ask: Ask) -> dict[str, str]:
    body, lines = _asked(port, ask)
    if not lines:
        sys.exit(f"{ask.path}: no cookie came with {body!r}")
    return dict(line.partition(";")[0].split("=", 1) for line in lines)

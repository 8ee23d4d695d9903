"""The pages that the API itself serves: one for newcomers, what refusals mean, and one to try queries."""

from collections.abc import Iterable, Mapping
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from litestar import Response, get
from litestar.enums import MediaType
from litestar.types import ControllerRouterHandler

from api.http import health
from identity import sandbox
from identity.sandbox import Persona
from storage.inspection import desk

PAGES = Path(__file__).parent / "pages"

POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
HEADERS = {"content-security-policy": POLICY}
NO_SCANNER = '<p role="note"><strong>注意：</strong>上传的文件只检查结构，不查病毒；请勿用于真实材料。</p>'
SERVERS = {"postgresql": "数据库 PostgreSQL", "valkey": "任务队列 Valkey", "objects": "材料库（对象存储）"}


@cache
def page(name: str) -> bytes:
    """Return a page that is shipped beside this file."""
    return (PAGES / f"{name}.html").read_bytes()


def routes(*, is_open: bool) -> list[ControllerRouterHandler]:
    """Return the start page; only an open (development) server tells what runs and whom to sign in as."""
    return [open_start if is_open else start, errors]


@get("/start", sync_to_thread=False)
def start() -> Response[bytes]:
    """Greet a browser; a server of the public has nothing more to tell it."""
    return _page("")


@get("/start")
async def open_start() -> Response[bytes]:
    """Tell a developer's browser what runs here and where to go from here."""
    servers = _servers(await health.findings())
    told = {
        "scan": "" if desk.looks_for_viruses() else NO_SCANNER,
        "servers": servers,
        "count": len(sandbox.ALL),
        "personas": _personas(sandbox.ALL),
    }
    return _page(_filled("development", told))


@get("/docs/errors", sync_to_thread=False)
def errors() -> Response[bytes]:
    """Explain every refusal to those who write programs; `#code` leads to one."""
    return Response(page("errors"), media_type=MediaType.HTML, headers=HEADERS)


def _page(development: str) -> Response[bytes]:
    text = _filled("start", {"development": development})
    return Response(text.encode(), media_type=MediaType.HTML, headers=HEADERS)


def _filled(name: str, values: Mapping[str, object]) -> str:
    return Template(page(name).decode()).substitute(values)


def _servers(findings: Mapping[str, health.Finding]) -> str:
    words = {True: '<span class="good">✓ 正常</span>', False: '<span class="bad">✗ 没有应答</span>'}
    return "".join(f"<li>{SERVERS[name]}：{words[found.ok]}</li>" for name, found in findings.items())


def _personas(personas: Iterable[Persona]) -> str:
    return "".join(
        f"<tr><td>{escape(each.name)}</td><td>{escape(each.why)}<br>"
        f"<code>{escape(each.number)}</code> <code>{escape(each.key)}</code></td></tr>"
        for each in personas
    )

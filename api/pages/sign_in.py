"""The page that signs a citizen in: he chooses a way, fills in a plain form, and goes on where he came from.

Nothing on it tells whether anybody is known by what was typed; what was typed stays, but for the secret.
"""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from api.http.asking import Asker
from api.http.browser import FormExpired, asker_of
from api.http.errors import AnyRequest
from api.pages import forms, words
from api.pages.asked import PATH, Asked
from api.pages.drawing import drawn
from api.pages.entering import device_of, entered, typed
from api.pages.local import go
from api.pages.words import Problem
from banshi.errors import DomainError
from identity import accounts, verifier
from identity.methods import sms
from identity.sandbox import SandboxVerifier
from storage import clock

WAYS: Final[Mapping[str, tuple[str, int]]] = {
    "face": ("刷脸", 3),
    "sms": ("短信验证码", 2),
}
"""Each way with its name and the real-name level it proves."""

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "face": ("id_number", "name", "face"),
    "sms": ("id_number", "name", "code"),
}
KEPT = ("id_number", "name")  # what a form shows again; secrets are typed anew


@get(PATH)
async def show(request: AnyRequest) -> Response[bytes]:
    """Show the form, or go on at once when whoever is signed in need not sign in again."""
    asked = Asked.of(request.query_params)
    asker = await asker_of(request)
    if asker is not None and asked.is_met_by(asker):
        return go(asked.next)
    way = request.query_params.get("method", "")
    return await _form(request, asked, way, asked.suggested(), asker=asker)


@post(PATH, status_code=200)
async def enter(request: AnyRequest) -> Response[bytes]:
    """Sign in with what the form says."""
    try:
        form = await forms.received(request)
    except FormExpired as refusal:  # begin anew, with nothing of what came from who knows where
        asked = Asked.of((await forms.read(request)).fields)
        return await _form(request, asked, "", {}, refusal=refusal)
    asked, way, now = Asked.of(form.fields), form.get("method"), await clock.now()
    kept = {name: form.get(name) for name in KEPT}
    address = str(request.scope["state"]["address"])
    try:
        fields = typed(form.fields, *FIELDS.get(way, KEPT))
        if way == "sms" and "code" not in fields:
            await sms.send(fields, address=address, now=now)
            return await _form(request, asked, way, kept, step="code")
        opened = await accounts.sign_in(way, fields, address=address, device=device_of(request), now=now)
    except DomainError as refusal:
        return await _form(
            request, asked, way, kept, refusal=refusal, step="code" if "code" in form.fields else ""
        )
    return await entered(request, asked, opened, now=now)


async def _form(
    request: AnyRequest,
    asked: Asked,
    way: str,
    kept: Mapping[str, str],
    *,
    asker: Asker | None = None,
    refusal: DomainError | None = None,
    step: str = "",
) -> Response[bytes]:
    now = await clock.now()
    ways = {name: label for name, (label, level) in WAYS.items() if level >= asked.level}
    way = way if way in ways else next(iter(ways))
    problem = words.problem_of(refusal, now=now) if refusal else Problem("", "")
    if refusal is not None:
        request.scope["state"]["codes"] = [refusal.code]
    values: dict[str, Any] = {"ways": ways, "way": way, "kept": kept, "problem": problem, "step": step}
    return drawn(
        request,
        "sign_in",
        asker=None,
        now=now,
        status=refusal.status if refusal else 200,
        address=asked.address(way),
        asked=asked,
        why=asked.why(asker),
        sandbox=isinstance(verifier.current(), SandboxVerifier),
        **values,
    )


ROUTES: list[ControllerRouterHandler] = [show, enter]

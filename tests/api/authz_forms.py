"""What comes of a request that is well formed, by whoever sends it: one line for each route and thing.

A page or form comes with the cookies of a browser and its word, another call with a token in its header.

+  done, or shown with something of the owner's    ~  done or shown, and none of it is the owner's
-  not found, in the words for what never was       s  refused for want of a right
v  to sign in first, or more surely
!  refused for another reason, which what never was meets with, too
k  refused for a reason that only who knows of the thing is told
"""

from dataclasses import dataclass
from typing import Any, Literal

from tests.api.authz_actors import OTHER_APP, OWN_APP
from tests.api.authz_citizen import GIVEN as CITIZEN
from tests.api.authz_citizen import OTHERWISE
from tests.api.authz_developer import GIVEN as DEVELOPER
from tests.api.authz_developer import WITH_A_FILE
from tests.api.authz_operator import GIVEN as OPERATOR
from tests.api.authz_operator import WITH_A_FILE as WITH_A_PICTURE
from tests.api.conftest import NOON

ASKERS = (
    "visitor", "owner", "other", "pseudonym", "agent", "former agent", "village hand", "guardian",
    "representative", "competent", "elsewhere", "security",
)  # fmt: skip
How = Literal["page", "form", "call"]


@dataclass(frozen=True)
class Request:
    """One request; `$name` stands for a thing of the world, `{name}` in the path for a field."""

    how: How
    route: tuple[str, str]
    cells: str
    given: dict[str, Any]
    absent: tuple[str, ...] = ()  # fields to replace by what never was: the answer must be the same


def _made(how: How, method: str, path: str, cells: str, absent: tuple[str, ...], given: Any) -> Request:
    letters = cells.replace(" ", "")
    assert len(letters) == len(ASKERS), f"{path}: {len(letters)} letters for {len(ASKERS)} who ask"
    return Request(how, (method, path), letters, given, absent)


def page(path: str, cells: str, /, *absent: str, **given: Any) -> Request:
    return _made("page", "GET", path, cells, absent, given)


def form(path: str, cells: str, /, *absent: str, **given: Any) -> Request:
    return _made("form", "POST", path, cells, absent, given)


def call(method: str, path: str, cells: str, /, *absent: str, **given: Any) -> Request:
    return _made("call", method, path, cells, absent, given)


OTHER = {"id_number": "$number of the other", "name": "$name of the other"}
PASSKEY = {"credential": "$credential", "name": "新"}
IN_DAYS = NOON.replace(month=12).date().isoformat()

PAGES = (
    page("/account", "v ~~~ ~~~ ~~ ~~~"),
    page("/account/sessions", "v +~~ s~s ~~ ~~~"),
    page("/account/passkeys", "v +~~ s~s ~~ ~~~"),
    page("/account/passkeys/add", "v ~~v ~~~ ~~ ~~~"),
    page("/account/network-identity", "v ~~~ s~s ~~ ~~~"),
    page("/account/mandates", "v +~~ s~s ~~ sss"),
    page("/account/mandates/new", "v ~~~ s~s s~ sss"),
    page("/account/consents", "v ~~~ ~~s ~~ sss"),
    page("/account/accesses", "v +~~ s~s ~~ ~~~"),
    page("/sign-in/context", "v +~~ +~~ ~~ ~~~"),
    page("/consent", "v ~-- --- -- ~~~", "request", request="$request"),
    page("/oauth/continue", "- ~-- --- -- ---", "request", request="$request"),
    page("/qr/{request_id:uuid}", "v ~-- --- -- ---", "request_id", request_id="$qr"),
)

FORMS = (
    form("/account/sessions/revoke", "v ~-- --- -- ---", "id", id="$session"),
    form("/account/sessions/rename", "v ~-- --- -- ---", "id", id="$session", name="我的手机"),
    form("/account/sessions/revoke-others", "v ~~~ ~~~ ~~ ~~~"),
    form("/account/passkeys/add", "v ~!v !!! !! !!!", "challenge", **PASSKEY, challenge="$challenge"),
    form("/account/passkeys/rename", "v ~-- --- -- ---", "id", id="$passkey", name="我的手机"),
    form("/account/passkeys/remove", "v ~-- --- -- ---", "id", id="$passkey"),
    form("/account/network-identity/link", "v ~~v ~~~ ~~ ~~~", credential="wz-he_mei"),
    form("/account/network-identity/unlink", "v ~~v ~~~ ~~ ~~~"),
    form("/account/mandates/new", "v ~!- s~s ss sss", **OTHER, scope="cases:read", until=IN_DAYS),
    form("/account/mandates/answer", "v ~k- s-s s- sss", "id", id="$proposal", answer="accept"),
    form("/account/mandates/answer", "v ~k- s-s s- sss", "id", id="$proposal", answer="refuse"),
    form("/account/mandates/end", "v ~-- s-s s- sss", "id", id="$mandate"),
    form("/account/mandates/nod", "v ~-- s-s ss sss", "id", id="$nod", answer="accept"),
    form("/account/consents/withdraw", "v ~~~ s~s ~~ sss", app=OWN_APP),
    form("/account/consents/mute", "v ~~~ s~s ~~ sss", app=OTHER_APP),
    form("/account/consents/unmute", "v ~~~ s~s ~~ sss", app=OWN_APP),
    form("/account/consents/clear", "v ~~~ s~s ~~ sss", app=OWN_APP),
    form("/account/accesses/object", "v ~-- s-s ss sss", "id", id="$access", reason="为什么查看我的材料？"),
    form("/consent", "v ~-- --s -- sss", "request", request="$request", answer="grant", claim="profile.name"),
    form("/consent", "v ~-- --s -- sss", "request", request="$request", answer="refuse"),
    form("/sign-in/context", "v sss ~ss ss sss", "context", context="$context of the agent"),
    form("/sign-in/context", "v sss sss ss ~ss", "context", context="$context of the clerk"),
    form("/sign-in/context", "v ~~~ ~~~ ~~ ~~~", context="citizen"),
    form("/qr/{request_id:uuid}", "v ~-- --- -- ---", "request_id", request_id="$qr", number="$qr number"),
    form("/sign-out", "~ ~~~ ~~~ ~~ ~~~"),
    form("/oauth/logout", "~ ~~~ ~~~ ~~ ~~~"),
)

CALLS = (
    call("DELETE", "/session", "v ~~~ ~~~ ~~ ~~~"),
    call(
        "GET",
        "/apps/versions/{version_id:uuid}/shots/{name:str}",
        "- --- --- -- sss",
        "version_id",
        version_id="$app version",
        name="a.png",
    ),
    call("GET", "/session/qr/{id:uuid}", "v ~-- --- -- ---", "id", id="$qr"),
    call("POST", "/session/qr/{id:uuid}/approval", "v ~-- --- -- ---", "id", id="$qr", number="$qr number"),
    call("POST", "/session/qr/{id:uuid}/refusal", "v ~-- --- -- ---", "id", id="$qr"),
    call("POST", "/session/qr/{id:uuid}/session", "- --- --- -- ---", "id", id="$qr", secret="wrong"),
    call("POST", "/session/qr/{id:uuid}/session", "~ ~~~ ~~~ ~~ ~~~", id="$qr", secret="$qr secret"),
    call("POST", "/passkeys/options", "v ~~v ~~~ ~~ ~~~"),
    call("POST", "/passkeys", "v ~!v !!! !! !!!", "id", **PASSKEY, id="$challenge"),
    call("GET", "/files/{token:str}", "- ~-- --- -- ---", "token", token="$link"),
    call(
        "GET", "/files/exports/{token:str}", "- -~- --- -- ---", "token", token="$link to a copy of the other"
    ),
)
OFFICES = tuple(
    _made(how, "GET" if how == "page" else "POST", path, cells, absent, given)
    for how, path, cells, absent, given in (*CITIZEN, *DEVELOPER, *OPERATOR)
)
REQUESTS = PAGES + FORMS + CALLS + OFFICES

WITHOUT_A_THING = {
    ("GET", "/"): "open", ("GET", "/start"): "open", ("GET", "/healthz"): "open", ("GET", "/readyz"): "open",
    ("GET", "/metrics"): "open", ("GET", "/pages/{name:str}"): "an asset",
    ("GET", "/graphiql/{name:str}"): "an asset", ("GET", "/docs/errors"): "open",
    ("GET", "/graphql"): "the other table", ("POST", "/graphql"): "the other table",
    ("GET", "/sign-in"): "a form to fill in", ("GET", "/sign-in/qr"): "a screen, known by its own cookie",
    ("POST", "/sign-in"): "whoever proves who he is", ("GET", "/sign-out"): "asks whether to",
    ("GET", "/oauth/logout"): "asks whether to",
    **dict.fromkeys(
        [
            ("POST", "/session"), ("GET", "/session/methods"), ("POST", "/session/sms"),
            ("POST", "/session/passkey/options"), ("POST", "/session/passkey"),
            ("POST", "/session/network-id"), ("POST", "/session/qr"),
        ],
        "whoever proves who he is",
    ),
    ("POST", "/uc/sso/ticket"): "of one's own session: test_authz_routes",
    ("POST", "/beacon"): "counts for the token inside: tests/api/apps/test_beacon.py",
    ("POST", "/apps/reviews/{id:uuid}/shots"): "of reviews that one has claimed: tests/api/test_shots.py",
    ("POST", "/apps/packages"): "a package signed by one's own team: tests/api/apps",
    **OTHERWISE,
    **WITH_A_FILE,
    **WITH_A_PICTURE,
}  # fmt: skip
"""Routes that act on nobody's thing, and why."""

ELSEWHERE = {
    "/.well-known/": "open", "/sandbox/": "of the sandbox: test_authz_routes",
    "/oauth/": "calls of clients: tests/api/oidc", "/restapi/": "wires of clients: tests/api/wires",
    "/sso/": "wires of clients", "/uc/": "wires of clients", "/opensso/": "wires of clients",
    "/apps/data-answers": "likewise: tests/api/test_data_answers.py",
    "/apps/notices": "calls with the credential of a mini-app: tests/api/test_app_notices.py",
    "/mgop/": "open: tests/api/relay/test_mgop_schema.py",
    "/h5/": "at the origin of a mini-app, by a cookie of its own: tests/api/apps",
    "/gw/": "calls with the token of a mini-app: tests/api/relay", "/rest/": "wires of clients",
    "/tgssocheck/": "wires of clients",
}  # fmt: skip
"""Beginnings of routes whose callers are clients with keys of their own, and where those are tried."""

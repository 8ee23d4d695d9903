"""The citizens' host in the authorization tables: the status of each page, and what it gives to whom."""

from typing import Any, Literal

from tests.api.authz_actors import OWN_APP
from tests.miniapps.cases.factories import CODE

CASE = "/cases/{case_id:uuid}"
ITEM = {"code": CODE}

Given = tuple[Literal["page", "form"], str, str, tuple[str, ...], dict[str, Any]]


def page(path: str, cells: str, /, *absent: str, **given: Any) -> Given:
    return "page", path, cells, absent, given


def form(path: str, cells: str, /, *absent: str, **given: Any) -> Given:
    return "form", path, cells, absent, given


OPEN = "~ ~~~ ~~~ ~~ ~~~"
OWN = "v +~~ +~+ ~~ sss"
HELD = "v +~~ +~~ ~~ sss"  # papers are no matter of the village hand's
ONE = "v +-- +-+ -- sss"
DONE = "v ~-- ~-~ -- sss"
NODDED = "v ~-- ~-k -- sss"  # the village hand needs the nod of whose case it is
APPS = "v ~~~ ~~s ~~ sss"
DRAFT = "$draft"
FILE = {"kind": "photo", "title": "照片", "mediaType": "image/png", "size": "9", "sha256": "0" * 64}

GIVEN: tuple[Given, ...] = (
    page("/find", OPEN),
    page("/items/{code:str}", OPEN, **ITEM),
    page("/apply/{code:str}", OWN, **ITEM),
    form("/apply/{code:str}", "v ~~! ~~~ ~! sss", **ITEM, key="1", region="330106", **{"q-marital": "未婚"}),
    page("/cases", OWN),
    page(CASE, ONE, "case_id", case_id="$submitted"),
    page(f"{CASE}/trips", OPEN, case_id="$submitted"),
    *(page(f"{CASE}/{name}", ONE, "case_id", case_id=DRAFT) for name in ("form", "materials", "review")),
    page(f"{CASE}/correct", ONE, "case_id", case_id="$correcting"),
    form(f"{CASE}/form", DONE, "case_id", case_id=DRAFT, **{"f-address": "西湖区文三路1号"}),
    form(f"{CASE}/materials", "v ~-- k-k -- sss", "case_id", case_id=DRAFT, **{"way-photo": "TOLERATED"}),
    form(f"{CASE}/review", "v ~-- k-k -- sss", "case_id", case_id=DRAFT),
    form(f"{CASE}/discard", DONE, "case_id", case_id=DRAFT),
    form(f"{CASE}/withdraw", NODDED, "case_id", case_id="$submitted", key="1"),
    form(f"{CASE}/correct", "v k-- k-k -- sss", "case_id", case_id="$correcting"),
    form(f"{CASE}/paper", NODDED, "case_id", case_id="$accepted", kind="photo"),
    form(f"{CASE}/confirm", "v ~-- ~-k -- sss", "case_id", case_id="$completed", key="1", agrees="yes"),
    page("/wallet", HELD),
    page("/wallet/certificates", HELD),
    page(
        "/wallet/papers/{version_id:uuid}", "v ~-- ~-- -- sss", "version_id", version_id="$version of a file"
    ),
    page("/wallet/add", "v ~~~ ~~s ~~ sss"),
    form("/wallet/remove", "v ~-- ~-s -- sss", "id", id="$material"),
    form("/wallet/uploads", "v ~~~ ~~s ~~ sss", **FILE, key="12345678"),
    form("/wallet/uploads/{upload_id:uuid}/sent", "v +-- +-s -- sss", "upload_id", upload_id="$upload"),
    page("/wallet/uploads/{upload_id:uuid}", "v +-- +-- -- sss", "upload_id", upload_id="$upload"),
    page("/inbox", "v +~~ +~s ~~ ~~s"),
    form("/inbox/{notice_id:uuid}/read", "v ~-- ~-s -- --s", "notice_id", notice_id="$notice"),
    page("/apps/{app_id:str}", APPS, app_id=OWN_APP),
    page("/apps/{app_id:str}/{page:path}", APPS, app_id=OWN_APP, page="index.html"),
    form("/apps/{app_id:str}/consent", "v ~!! ~!s !! sss", app_id=OWN_APP),
    form("/apps/{app_id:str}/session", "v ~ss ~ss ss sss", app_id=OWN_APP),
    form("/apps/{app_id:str}/ticket", APPS, app_id=OWN_APP),
    form("/apps/{app_id:str}/rating", "v ~!! ~!s !! sss", app_id=OWN_APP, stars="5"),
    form("/inbox/read", "v ~~~ ~~s ~~ ~~s"),
)

OTHERWISE = {
    ("GET", "/offline"): "open",
    ("GET", "/service-worker.js"): "an asset",
}
"""Routes that act on nobody's thing, and why."""

STATUSES: dict[tuple[str, str], int] = {
    ("GET", "/find"): 200,
    ("GET", "/offline"): 200,
    ("GET", "/service-worker.js"): 200,
    ("GET", "/items/{code:str}"): 404,
    ("GET", "/apply/{code:str}"): 303,
    ("POST", "/apply/{code:str}"): 415,
    ("GET", "/cases"): 303,
    ("GET", CASE): 303,
    ("GET", f"{CASE}/trips"): 303,
    **{("GET", f"{CASE}/{name}"): 303 for name in ("form", "materials", "review", "correct")},
    **{
        ("POST", f"{CASE}/{name}"): 415
        for name in (
            "form", "materials", "review", "correct", "discard", "withdraw", "confirm", "paper",
        )
    },
    ("GET", "/wallet"): 303,
    ("GET", "/wallet/certificates"): 303,
    ("GET", "/wallet/papers/{version_id:uuid}"): 303,
    ("GET", "/wallet/add"): 303,
    ("POST", "/wallet/remove"): 415,
    ("POST", "/wallet/uploads"): 415,
    ("POST", "/wallet/uploads/{upload_id:uuid}/sent"): 415,
    ("GET", "/wallet/uploads/{upload_id:uuid}"): 303,
    ("GET", "/apps/{app_id:str}"): 303,
    ("GET", "/apps/{app_id:str}/{page:path}"): 303,
    **{("POST", f"/apps/{{app_id:str}}/{name}"): 415 for name in ("consent", "session", "ticket", "rating")},
    ("GET", "/inbox"): 303,
    ("POST", "/inbox/{notice_id:uuid}/read"): 415,
    ("POST", "/inbox/read"): 415,
}  # fmt: skip

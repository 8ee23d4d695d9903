"""The operator's pages in the authorization tables: nobody of the table is let in, whatever he names."""

from typing import Any

from tests.api.authz_actors import OWN_APP
from tests.api.authz_developer import Given, form, page

HOME = "/operator"
REVIEW = f"{HOME}/reviews/{{review_id:uuid}}"
APP = f"{HOME}/apps/{{app_id:str}}"
SHELF = f"{HOME}/shelf"
DEFECT = f"{HOME}/defects/{{defect_id:uuid}}"
TRIED = f"{HOME}/testers/{{tester_id:uuid}}/apps"
DISMISS = f"{HOME}/testers/{{tester_id:uuid}}/dismiss"
NOBODY = "v sss sss ss sss"
"""For want of the right, before anything is looked for; operators are tried in tests/api/web/operator."""

PART = ("categories", "events", "slots", "placings", "synonyms")
LISTS = ("", "/reviews", "/apps", "/switches", "/shelf", "/comments", "/complaints", "/defects", "/testers")
ONE_REVIEW: dict[str, Any] = {"review_id": "$review"}
ONE_APP: dict[str, Any] = {"app_id": OWN_APP}
ONE_DEFECT: dict[str, Any] = {"defect_id": "$defect"}
TESTER: dict[str, Any] = {"tester_id": "$app tester"}
SWITCH = {"kind": "app", "target": OWN_APP, "reason": "停用", "notice": "停用"}
APPOINTED = {
    "id_number": "$number of the other", "name": "$name of the other", "region": "330106",
    "until": "2027-01-01",
}  # fmt: skip
SHOT = f"{HOME}/versions/{{version_id:uuid}}/shots/{{name:str}}"

GIVEN: tuple[Given, ...] = (
    *(page(f"{HOME}{path}", NOBODY) for path in LISTS),
    *(page(f"{SHELF}/{part}", NOBODY) for part in (*PART, "preview")),
    *(form(f"{SHELF}/{part}", NOBODY, code="x", name="x") for part in PART),
    *(form(f"{SHELF}/{act}", NOBODY, note="x", number="1") for act in ("publish", "discard", "roll-back")),
    page(REVIEW, NOBODY, **ONE_REVIEW),
    page(f"{REVIEW}/refuse", NOBODY, **ONE_REVIEW),
    *(
        form(f"{REVIEW}/{act}", NOBODY, **ONE_REVIEW, reason="加急")
        for act in ("claim", "unclaim", "hurry", "approve", "refuse")
    ),
    page(SHOT, NOBODY, version_id="$app version", name="index.html.png"),
    page(APP, NOBODY, **ONE_APP),
    form(f"{APP}/promote", NOBODY, **ONE_APP, version="1.0.0", reach="testers"),
    form(f"{APP}/roll-back", NOBODY, **ONE_APP, back_to="1.0.0", reason="回滚"),
    form(f"{APP}/quota", NOBODY, **ONE_APP, perS="500", why="人口普查"),
    form(f"{HOME}/switches", NOBODY, **SWITCH),
    page(f"{HOME}/switches/lift", NOBODY, **SWITCH),
    form(f"{HOME}/switches/lift", NOBODY, **SWITCH),
    form(f"{HOME}/comments/{{comment_id:uuid}}", NOBODY, comment_id="$comment", answer="show"),
    form(f"{HOME}/complaints/{{complaint_id:uuid}}", NOBODY, complaint_id="$complaint", answer="已答复"),
    page(DEFECT, NOBODY, **ONE_DEFECT),
    form(f"{DEFECT}/move", NOBODY, **ONE_DEFECT, to="confirmed"),
    form(f"{DEFECT}/reply", NOBODY, **ONE_DEFECT, text="已回复"),
    form(f"{HOME}/testers", NOBODY, **APPOINTED),
    page(TRIED, NOBODY, **TESTER),
    *(form(f"{TRIED}{end}", NOBODY, **TESTER, appId=OWN_APP) for end in ("", "/end")),
    page(DISMISS, NOBODY, **TESTER),
    form(DISMISS, NOBODY, **TESTER, reason="结束"),
)

WITH_A_FILE = {("POST", f"{REVIEW}/evidence"): "a form with a file: tests/api/web/operator"}

STATUSES = {
    **{("GET" if how == "page" else "POST", path): 303 if how == "page" else 415 for how, path, *_ in GIVEN},
    **dict.fromkeys(WITH_A_FILE, 415),
}

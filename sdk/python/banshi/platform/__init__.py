"""Typed calls to the platform for a citizen.

    @app.api("apply", scope="cases:write")
    async def apply(citizen: Citizen, ask: Ask) -> Handed:
        async with citizen.platform() as platform:
            needs = await platform.cases.prepare("332000102000", answers=[Answer("marital", text="未婚")])
            case = await platform.cases.start(CaseDraft("332000102000", answers=[…], form=[…]))
            await platform.cases.submit(case.id)
            async for notice in platform.notices.each(): …

The token of the call is exchanged for one that the platform takes (RFC 8693), by the mini-app's credential.
Who has a token already, a page's for one, says `OnBehalf("https://platform.example", token)`.

Commands carry an idempotency key, one for all tries of a call; a key of one's own makes it safe to do the
call itself again, after a crash for one.  Refusals are exceptions of `banshi.refusals`.
"""

from banshi.notices import NoticeDraft
from banshi.platform._acting import Acting
from banshi.platform._client import Cases, Materials, OnBehalf
from banshi.platform._consent import Consent
from banshi.platform._notices import AsApp, Notices
from banshi.platform._storage import Storage, Stored
from banshi.platform._types import (
    Answer,
    AppConsent,
    Case,
    CaseDraft,
    CaseMaterial,
    CaseStanding,
    Certificate,
    FormProblem,
    GrantedScope,
    Material,
    MaterialChoice,
    MaterialVersion,
    Notice,
    Preparation,
    PreparedMaterial,
    SentNotice,
    StoredKey,
    StoredValue,
    Viewer,
)

__all__ = [
    "Acting",
    "Answer",
    "AppConsent",
    "AsApp",
    "Case",
    "CaseDraft",
    "CaseMaterial",
    "CaseStanding",
    "Cases",
    "Certificate",
    "Consent",
    "FormProblem",
    "GrantedScope",
    "Material",
    "MaterialChoice",
    "MaterialVersion",
    "Materials",
    "Notice",
    "NoticeDraft",
    "Notices",
    "OnBehalf",
    "Preparation",
    "PreparedMaterial",
    "SentNotice",
    "Storage",
    "Stored",
    "StoredKey",
    "StoredValue",
    "Viewer",
]

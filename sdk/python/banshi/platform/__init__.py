"""Typed calls to the platform for a citizen, with the mini-app's token that he gave.

    async with OnBehalf("https://platform.example", token) as citizen:
        needs = await citizen.cases.prepare("332000102000", answers=[Answer("marital", text="未婚")])
        case = await citizen.cases.start(CaseDraft("332000102000", answers=[…], form=[…]))
        await citizen.cases.submit(case.id)
        async for notice in citizen.notices.each(): …

Commands carry an idempotency key, one for all tries of a call; a key of one's own makes it safe to do the
call itself again, after a crash for one.  Refusals are exceptions of `banshi.refusals`.
"""

from banshi.platform._client import Cases, Materials, Notices, OnBehalf
from banshi.platform._types import (
    Answer,
    Case,
    CaseDraft,
    CaseMaterial,
    CaseStanding,
    Certificate,
    FormProblem,
    Material,
    MaterialChoice,
    MaterialVersion,
    Notice,
    Preparation,
    PreparedMaterial,
    Viewer,
)

__all__ = [
    "Answer",
    "Case",
    "CaseDraft",
    "CaseMaterial",
    "CaseStanding",
    "Cases",
    "Certificate",
    "FormProblem",
    "Material",
    "MaterialChoice",
    "MaterialVersion",
    "Materials",
    "Notice",
    "Notices",
    "OnBehalf",
    "Preparation",
    "PreparedMaterial",
    "Viewer",
]

"""Who may do what: one line for each thing that can be asked, one letter for each who asks.

v visitor          o the owner            c another citizen
m his mini-app with one scope             w his mini-app with every scope
x another mini-app, with every scope      k a clerk of the competent department
l a clerk of another department           i definer   p operator   d developer   t maintainer   a auditor
u the security administrator               g his agent, who may do all that can be given
n his agent for another item only          e his agent until yesterday

+  allowed         0  allowed, and nothing of the owner's is in the answer
s  refused for want of a scope            -  not found, in the words for what never was
!  refused for another reason
"""

import dataclasses
from dataclasses import dataclass
from typing import Any

from tests.api.authz_world import FOREIGN_APP, NEW_APP, OWN_APP
from tests.miniapps.cases.factories import CODE, NOON, YEAR_2026
from tests.miniapps.catalog.factories import SCOPES, a_manifest

COLUMNS = (
    "visitor", "owner", "other", "minimal", "app", "other app", "competent", "elsewhere", "definer",
    "operator", "developer", "maintainer", "auditor", "security", "agent",
    "narrow agent", "former agent",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One root field with its arguments; `$name` stands for a thing of the world."""

    field: str
    cells: str
    given: dict[str, Any] = dataclasses.field(default_factory=dict)
    absent: tuple[str, ...] = ()  # arguments to replace by what never was: the answer must be the same


def of(name: str, cells: str, /, *absent: str, **given: Any) -> Row:
    """A row; `absent` names the arguments that say whose thing it is."""
    letters = cells.replace(" ", "")
    assert len(letters) == len(COLUMNS), f"{name}: {len(letters)} letters for {len(COLUMNS)} who ask"
    return Row(name, letters, given, absent)


def but(cells: str, delegates: str) -> str:
    """The same cells, but for the agent, the narrow agent and the former one."""
    return cells[:-3] + delegates


#              v oc mwx kl ipdtau gne
EVERYBODY = "+ ++ +++ ++ ++++++ +++"
CATALOGUE = "+ ++ s++ ++ ++++++ +++"
MINE = "     s +0 s00 00 000000 +00"  # each sees his own
SESSIONS = " s +0 sss 00 000000 ss0"
CITIZENS = " s +0 sss ss ssssss 0s0"
NOTICES = "  s +0 s+0 00 ssssss +s0"  # a clerk sees the inbox of his department
WALLET = "   s +0 s++ ss ssssss +00"
CASES = "    s +0 ++0 +0 ssssss +00"
CASE = "     s +- ++- +- ssssss +--"
TRIPS = "    s +- s+- +- ssssss +--"
CHANGE = "   s +- s+- ss ssssss +--"  # a citizen's verb, also through his mini-app
PRIVATE = "  s +- sss ss ssssss +--"
DESK = "     s ss sss +- ssssss sss"
CLERKS = "   s ss sss ++ ssssss sss"
SECURITY = " s ss sss ss sssss+ sss"
AUDITOR = "  s ss sss ss ssss+s sss"
OPERATOR = " s ss sss ss s+ssss sss"

ANSWERS = [{"id": "marital", "text": "未婚"}]
FORM = [{"id": "address", "text": "西湖区文三路1号"}]
PAPER = [{"kind": kind, "way": "PAPER"} for kind in ("lease_contract", "photo")]
DRAFT = {"code": CODE, "answers": ANSWERS, "form": FORM}
AT_WINDOW = DRAFT | {"region": "330106", "choices": PAPER}
VISIT = {
    "cause": "INTERVIEW", "placeKind": "HALL", "place": "市民中心", "visitedAt": NOON.isoformat(),
    "source": "CITIZEN", "evidenceKind": "STATEMENT",
}  # fmt: skip
COUNTED = VISIT | {"source": "CLERK", "evidenceKind": "RECEIPT", "evidenceReference": "R-1"}
FILE = {
    "kind": "lease_contract", "title": "合同", "mediaType": "application/pdf", "size": 3, "sha256": "a" * 64,
    "idempotencyKey": "12345678",
}  # fmt: skip

NEWER = a_manifest(id=FOREIGN_APP, version="2.0.0")

QUERIES = (
    of("requestId", EVERYBODY),
    of("viewer", MINE),
    of("sessions", SESSIONS),
    of("accesses", SESSIONS),
    of("consents", CITIZENS),
    of("passkeys", SESSIONS),
    of("networkIdentity", SESSIONS),
    of("calendar", CATALOGUE, year=2026),
    of("items", CATALOGUE),
    of("item", CATALOGUE, code=CODE),
    of("catalog", CATALOGUE, region="330106", target="PERSON"),
    of("neededMaterials", CATALOGUE, code=CODE, answers=ANSWERS),
    of("itemVersions", CATALOGUE, code=CODE),
    of("notices", NOTICES),
    of("unreadNotices", NOTICES),
    of("materials", WALLET),
    of("certificates", WALLET),
    of("materialUses", "s +0 s00 ss ssssss +00"),
    of("upload", "s +- s++ ss ssssss +--", "id", id="$upload"),
    of("downloadLink", "s +- s!! ss ssssss 0--", "materialVersionId", materialVersionId="$version"),
    of("deskCertificate", DESK, "id", id="$certificate"),
    of("deskDownloadLink", DESK, "materialVersionId", materialVersionId="$version"),
    of("cases", CASES),
    of("recentCases", CASES),
    of("case", CASE, "id", id="$submitted"),
    of("case", "s +- ++- -- ssssss +--", "id", id="$draft"),
    of("preparation", but(WALLET, "+!0"), code=CODE, answers=ANSWERS),
    of("deskCases", "s ss sss +0 ssssss sss"),
    of("caseByNumber", "s ss sss +0 ssssss sss", number="$number"),
    of("verdict", TRIPS, "caseId", caseId="$completed"),
    of("verdicts", TRIPS, "caseId", caseId="$completed"),
    of("visits", TRIPS, "caseId", caseId="$completed"),
    of("miniApps", "+ ++ sss ss s++sss 000"),
    of("miniApp", "+ ++ sss ss s++sss 000", appId=OWN_APP),
    of("miniApp", "- -- sss ss s++sss ---", "appId", appId=NEW_APP),
    of("miniApp", "- -- sss ss s+-sss ---", "appId", appId=FOREIGN_APP),
)

QUERIES += (
    of("staffPosts", SECURITY.replace("+", "0")),
    of("dataExports", but(CITIZENS, "ss0")),
    of("auditLog", AUDITOR),
    of("objections", "s +0 sss +0 sssss+ ss0"),
    of("auditProof", AUDITOR.replace("+", "0")),
)

KEY = {"idempotencyKey": "k"}
WHY = {"reason": "依法办理"}

MUTATIONS = (
    of("revokeSession", "s +- sss -- ------ ---", "id", id="$session"),
    of("nameSession", "s +- sss -- ------ ---", "id", id="$session", name="我的手机"),
    of("renamePasskey", "s +- sss -- ------ ---", "id", id="$passkey", name="我的手机"),
    of("removePasskey", "s +- sss -- ------ ---", "id", id="$passkey"),
    of("linkNetworkIdentity", "s !! sss !! !!!!!! !!!", credential="wz-nobody"),
    of("unlinkNetworkIdentity", but(SESSIONS, "000")),
    of("revokeOtherSessions", but(SESSIONS, "000")),
    of("actAs", but(SESSIONS, "000"), actingAs="citizen"),
    of("withdrawConsent", but(CITIZENS, "!s0"), appId=OWN_APP),
    of("loadCalendar", OPERATOR, text="".join(YEAR_2026[1:])),
    of("readNotice", "s +- sss -- ssssss +s-", "id", id="$notice"),
    of("readAllNotices", "s +0 sss 00 ssssss 0s0"),
    of("defineItem", "s ss sss ss !sssss sss", text="不是事项"),
    of("publishItem", OPERATOR, "versionId", versionId="$item version"),
    of("withdrawItem", OPERATOR, "code", code=CODE),
    of("requestUpload", but(CITIZENS, "000"), **FILE),
    of("completeUpload", PRIVATE, "uploadId", uploadId="$upload"),
    of("removeMaterial", PRIVATE, "id", id="$material"),
    of("verifyOriginal", DESK, "materialVersionId", materialVersionId="$version", evidence="原件一致"),
    of("startCase", "s +0 s++ ss ssssss 0!0", draft=DRAFT, **KEY),
    of("editCase", CHANGE, "id", id="$draft", edit={"form": FORM}),
    of("discardCase", CHANGE, "id", id="$draft"),
    of("submitCase", but(CHANGE, "!--"), "id", id="$draft", **KEY),
    of("withdrawCase", CHANGE, "id", id="$submitted", **KEY),
    of("answerCorrection", CHANGE, "id", id="$correcting", form=[{"id": "address", "text": "2号"}], **KEY),
    of(
        "handPaper", "s !- s!- ss ssssss !--", "id", id="$submitted", kind="photo", **KEY
    ),  # he holds no photo
    of(
        "receiveCase",
        CLERKS,
        idNumber="$number of the other",
        draft=AT_WINDOW,
        evidence="读取居民身份证",
        **KEY,
    ),
    of("acceptCase", DESK, "id", id="$submitted"),
    of("askCorrection", DESK, "id", id="$submitted", defects=[{"kind": "address", "problem": "请写门牌号"}]),
    of("declineCase", DESK, "id", id="$submitted", kind="NOT_REQUIRED", reason="无需许可"),
    of("receivePaper", DESK, "id", id="$submitted", kind="photo", **KEY),
    of("reviewCase", DESK, "id", id="$accepted"),
    of("pauseCase", DESK, "id", id="$accepted", matter="TESTING", notice="检测"),
    of("resumeCase", DESK, "id", id="$paused"),
    of("extendCase", DESK, "id", id="$accepted", reason="案情复杂", approvedBy="负责人"),
    of("decideCase", DESK, "id", id="$accepted", outcome="REFUSED", reason="不符合条件"),
    of("completeCase", DESK, "id", id="$decided"),
    of("deliverCase", DESK, "id", id="$completed"),
    of("voidCase", DESK, "id", id="$accepted", reason="重复"),
    of("forwardCase", DESK, "id", id="$accepted", toDepartment="$department", reason="须上级审批"),
    of("authoriseDepartment", CLERKS, departmentId="$department", basis="委托书1号"),
    of("recordVisit", "s +- sss !- ssssss 0--", "caseId", caseId="$submitted", visit=VISIT, **KEY),
    of("recordVisit", "s !- sss +- ssssss !--", "caseId", caseId="$submitted", visit=COUNTED, **KEY),
    of("confirmVerdict", "s +- sss !- ssssss 0--", "caseId", caseId="$completed", agrees=True, **KEY),
    of("submitMiniApp", "s ss sss ss ss+sss sss", manifest=a_manifest(id="fresh-app"), **KEY),
    of(
        "submitMiniApp", "s ss sss ss ss!sss sss", manifest=a_manifest(id=FOREIGN_APP, version="2.0.0"), **KEY
    ),
    of("releaseMiniApp", OPERATOR, "versionId", versionId="$app version"),
    of("refuseMiniApp", OPERATOR, "versionId", versionId="$app version", reason="说明不清"),
    of("switchOffMiniApp", OPERATOR, "appId", appId=OWN_APP, reason="停用"),
    of("switchOnMiniApp", OPERATOR, "appId", appId=OWN_APP),
    of("openMiniApp", but(CITIZENS, "!s0"), "appId", appId=OWN_APP, scopes=list(SCOPES)),
)
MUTATIONS += (
    of(
        "appoint", SECURITY, idNumber="$number of the other", departmentId="$department",
        role="manager", region="330000", basis="任职文件1号",
    ),
    of(
        "appoint", SECURITY.replace("+", "!"), idNumber="$number of security", departmentId="$department",
        role="manager", region="330000", basis="任职文件1号",
    ),
    of("endPost", SECURITY, "id", id="$post", **WHY),
    of("endPost", SECURITY.replace("+", "!"), id="$post of security", **WHY),
    of("exportMyData", "s !0 sss ss ssssss ss0"),  # the owner did today
    of("dataExportLink", but(PRIVATE, "ss-"), "id", id="$export"),
    of("eraseMe", "s !0 sss ss ssssss ss0", confirm="注销"),  # the owner has open cases
    of("objectToAccess", "s +- sss ss ssssss ss-", "accessId", accessId="$access", **WHY),
    of("answerObjection", "s ss sss !- sssss+ sss", "id", id="$objection", upheld=False, answer="依法查阅"),
    of("unlockNumber", SECURITY, idNumber="$number of the other", **WHY),
    of("rotateKey", SECURITY, purpose="PREDICATE", **WHY),
)  # fmt: skip
QUERIES += (
    of("levelChanges", "s +0 sss 00 000000 ss0"),
    of("mandates", "s +0 sss ss ssssss ss+"),
    of("nods", "s +0 sss ss ssssss ss0"),
    of("memberships", "s +0 sss ss ss0sss ss0"),
    of("teamMembers", "s +- sss ss ss-sss ss-", "teamId", teamId="$team"),
)
PROPOSAL = {
    "idNumber": "$number of the other", "name": "$name of the other", "scopes": ["cases:read"],
    "until": NOON.replace(year=2027, month=1).isoformat(),
}  # fmt: skip
OTHER = {"idNumber": "$number of the other", "name": "$name of the other"}
WARD = {"idNumber": "$number of the ward", "name": "$name of the ward"}
MUTATIONS += (
    of("proposeMandate", "s +! sss ss ssssss ss+", side="PRINCIPAL", proposal=PROPOSAL),
    of("appointAgent", "s !! sss ss ssssss ss!", proposal=PROPOSAL),
    of("proposeVillageMandate", "s ss sss ss ssssss sss", **WARD, code=CODE, until=PROPOSAL["until"]),
    of("acceptMandate", "s +! sss ss ssssss ss-", "id", id="$proposal"),
    of("refuseMandate", "s +! sss ss ssssss ss-", "id", id="$proposal"),
    of("revokeMandate", "s +- sss ss ssssss ss-", "id", id="$mandate"),
    of("endMandate", OPERATOR, "id", id="$mandate", reason="法院撤销"),
    of("linkFirm", "s !! sss ss ssssss ss+", code="$firm of the former agent"),
    of("linkWard", "s !+ sss ss ssssss ss!", **WARD),
    of("supportMyself", "s !! sss ss ssssss ss!"),
    of("askNod", "s s- ss- ss ssssss s--", "caseId", caseId="$draft", verb="SUBMIT"),
    of("answerNod", "s +- sss ss ssssss ss-", "id", id="$nod", accept=True),
    of("lowerLevel", OPERATOR, idNumber="$number of the other", level=2, evidenceId="e", reason="撤销"),
    of("createTeam", "s ++ sss ss ss+sss ss+", name="星河"),
    of("inviteMember", "s +- sss ss ss-sss ss-", "teamId", teamId="$team", role="TESTER", **OTHER),
    of("answerInvitation", "s -- sss ss ss-sss ss-", "id", id="$membership", accept=True),
    of("dismissMember", "s !- sss ss ss-sss ss-", "id", id="$membership"),
)
ROWS = QUERIES + MUTATIONS

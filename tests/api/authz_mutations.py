"""Who may do what: the mutations of the authorization table, as `authz_row` explains."""

from datetime import timedelta

from miniapps.catalog.rules import Side
from miniapps.catalog.service import agreements
from tests.api.authz_reviews import REASON
from tests.api.authz_row import FORM_ANSWERS as ANSWERS
from tests.api.authz_row import of
from tests.api.authz_world import FOREIGN_APP, KILLED, NEW_APP, OTHER_APP, OWN_APP, TEAM_APP
from tests.api.conftest import NOON
from tests.miniapps.cases.factories import CODE, YEAR_2026
from tests.miniapps.catalog.factories import SCOPES, a_manifest
from tests.miniapps.items.factories import a_text

OWN_LOGIN = "s+--- sss -- -------- +- ---- ---"  # of one person, whoever he acts for meanwhile
CHANGE = "s+--- s+- ss ssssssss ss +--+ ---"  # a citizen's verb, also through his mini-app
NODDED = "s+--- s+- ss ssssssss ss +--! ---"  # as before, but the village agent needs a nod to that very act
FILES = "s+--- sss ss ssssssss ss +--s ---"
DESK = "sssss sss +- ssssssss ss ssss sss"
CLERKS = "sssss sss ~~ ssssssss ss ssss sss"
MAKERS = "sssss sss ss s~~sssss -s ssss sss"  # who makes the mini-app, or an operator
OPERATOR = "sssss sss ss s~ssssss ss ssss sss"
TEAM = "sssss sss ss ss~sssss -s ssss sss"  # of the developer's
SECURITY = "sssss sss ss sssss~ss ss ssss sss"
NOT_ONESELF = "sssss sss ss sssss!ss ss ssss sss"  # nobody appoints himself
LINKED = "s~~~s sss ~~ ~~~~~~~~ ~~ ~~~~ ~~~"  # each to his own account; a pseudonym has none
OWN_KEY = "sssss sss ss ss~sssss -s ssss sss"
HEARD = "sssss sss ss s+ssssss ss ssss sss"  # by operators, of what is the owner's
ONCE = "s!~~~ sss ss ssssssss ss ss~s sss"  # the owner did today, or has open cases
OTHERS_OFFER = "s~!-- sss ss sssssss- ss ss-s s-s"  # he who proposed it cannot answer it
SAID = "s~--- sss !- ssssssss ss ~--s ---"  # only who was there may say so

OF_APPS = "sssss ~~~ ss ssssssss ss ssss sss"  # of itself, by every mini-app

LETTER = {"title": "材料已收到", "body": "三个工作日内答复您。"}
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

WRONG = {"concern": "OTHER", "text": "点提交没有反应"}
REPORT = {
    "appId": OWN_APP, "version": "1.0.0", "severity": "MINOR", "title": "错字", "steps": "首页第二行有错字",
}  # fmt: skip
KEY = {"idempotencyKey": "k"}
HOOK = {"appId": OWN_APP, "environment": "SANDBOX"}
VENDOR_TEXT = agreements.text(Side.VENDOR).sha256
WHY = {"reason": "依法办理"}
IN_DAYS = (NOON + timedelta(days=20)).isoformat()
OTHER = {"idNumber": "$number of the other", "name": "$name of the other"}
WARD = {"idNumber": "$number of the ward", "name": "$name of the ward"}
GUEST = {"idNumber": "$number of the guest", "name": "$name of the guest"}
PROPOSAL = {**OTHER, "scopes": ["cases:read"], "until": IN_DAYS}

MUTATIONS = (
    of("revokeSession", OWN_LOGIN, "id", id="$session"),
    of("nameSession", OWN_LOGIN, "id", id="$session", name="我的手机"),
    of("renamePasskey", OWN_LOGIN, "id", id="$passkey", name="我的手机"),
    of("removePasskey", OWN_LOGIN, "id", id="$passkey"),
    of("linkNetworkIdentity", LINKED, credential="wz-he_mei"),
    of("unlinkNetworkIdentity", LINKED),
    of("revokeOtherSessions", "s~~00 sss 00 0000000~ ~~ ~~~~ ~~~"),
    of("actAs", "s+~~~ sss ~~ ~~~~~~~~ +~ ~~~~ ~~~", actingAs="citizen"),
    of("withdrawConsent", "s~000 sss ss ssssssss ss !s0s 000", appId=OWN_APP),
    of("loadCalendar", "sssss sss ss s0ssssss ss ssss sss", text="".join(YEAR_2026[1:])),
    of("readNotice", "s+--- sss -- ssssssss ss +s-s ---", "id", id="$notice"),
    of("readAllNotices", "s0000 sss 00 ssssssss ss 0s0s 000"),
    of("defineItem", "sssss sss ss ~sssssss ss ssss sss", text=a_text()),
    of("publishItem", OPERATOR, "versionId", versionId="$item version"),
    of("withdrawItem", OPERATOR, "code", code=CODE),
    of("requestUpload", "s~~~~ sss ss ssssssss ss ~~~s ~~~", **FILE),
    of("completeUpload", FILES, "uploadId", uploadId="$upload"),
    of("removeMaterial", FILES, "id", id="$material"),
    of("verifyOriginal", DESK, "materialVersionId", materialVersionId="$version", evidence="原件一致"),
    of("startCase", "s~~~! s~~ ss ssssssss ss ~!~~ ~!!", draft=DRAFT, **KEY),
    of("editCase", CHANGE, "id", id="$draft", edit={"form": FORM}),
    of("discardCase", CHANGE, "id", id="$draft"),
    of("discardCase", "s---- s-- ss ssssssss ss ---- ~--", "id", id="$draft of the ward"),
    of("submitCase", "s+--- s+- ss ssssssss ss !--! ---", "id", id="$draft", **KEY),
    of("withdrawCase", NODDED, "id", id="$submitted", **KEY),
    of("answerCorrection", NODDED, "id", id="$correcting", form=[{"id": "address", "text": "2号"}], **KEY),
    of("handPaper", NODDED, "id", id="$submitted", kind="photo", **KEY),
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
    of("recordVisit", SAID, "caseId", caseId="$submitted", visit=VISIT, **KEY),
    of(
        "recordVisit",
        "s!--- sss ~- ssssssss ss !--s ---",
        "caseId",
        caseId="$submitted",
        visit=COUNTED,
        **KEY,
    ),
    of("confirmVerdict", SAID, "caseId", caseId="$completed", agrees=True, **KEY),
    of("submitMiniApp", "sssss sss ss ss~sssss ~s ssss sss", manifest=a_manifest(id="fresh-app"), **KEY),
    of(
        "submitMiniApp",
        "sssss sss ss ss!sssss !s ssss sss",
        manifest=a_manifest(id=FOREIGN_APP, version="2.0.0"),
        **KEY,
    ),
    of("addTeamKey", "sssss sss ss ss~sssss ~s ssss sss", publicKey="ab" * 32, name="发布密钥"),
    of("retireTeamKey", OWN_KEY, "id", id="$key"),
    of("revokeTeamKey", OWN_KEY, "id", id="$key", reason="丢失"),
    of("withdrawMiniApp", TEAM, "versionId", versionId="$app version"),
    of("signAgreement", "sssss sss !! ss-sss!s ~! ssss sss", "appId", appId=TEAM_APP, textSha256=VENDOR_TEXT),
    of("withdrawAgreement", "sssss sss -- ss~sss-s -! ssss sss", "appId", appId=NEW_APP, reason="期满"),
    of("issueAppCredential", OWN_KEY, "appId", appId=NEW_APP, environment="SANDBOX"),
    of("rotateAppSecret", OWN_KEY, "appId", appId=OWN_APP, environment="SANDBOX"),
    of("setAppUpstream", OWN_KEY, "appId", appId=OWN_APP, environment="SANDBOX", url="http://127.0.0.1:9"),
    of("removeAppUpstream", OWN_KEY, "appId", appId=OWN_APP, environment="SANDBOX"),
    of("rotateWebhookSecret", OWN_KEY, "appId", appId=OWN_APP, environment="SANDBOX"),
    of("registerWebhook", OWN_KEY, "appId", **HOOK, url="http://127.0.0.1:9/events"),
    of("removeWebhook", OWN_KEY, "appId", **HOOK),
    of("replayDelivery", OWN_KEY, "id", id="$delivery"),
    of("replayDeliveries", "sssss sss ss ss0sssss -s ssss sss", "appId", **HOOK, since=NOON.isoformat()),
    of("tryWebhook", OWN_KEY, "appId", **HOOK, type="case.decided"),
    of("answerDataQuestion", OWN_KEY, "id", id="$question", outcome="DONE"),
    of("releaseMiniApp", OPERATOR, "versionId", versionId="$app version"),
    of("claimReview", OPERATOR, "id", id="$review"),
    of("unclaimReview", OPERATOR, "id", id="$claimed review"),
    of("approveReview", OPERATOR, "id", id="$claimed review"),
    of("approveReview", "sssss sss ss s!ssssss ss ssss sss", id="$review"),  # not claimed
    of("refuseReview", OPERATOR, "id", id="$claimed review", reasons=[REASON]),
    of("refuseReview", "sssss sss ss s!ssssss ss ssss sss", id="$claimed review", reasons=[]),
    of("hurryReview", OPERATOR, "id", id="$review", reason="防汛"),
    of("noteForReview", TEAM, "versionId", versionId="$app version", note="账号见附件"),
    of("appealRefusal", TEAM, "versionId", versionId="$refused version", why="按钮在页面下方"),
    of("promoteMiniApp", MAKERS, "appId", appId=OWN_APP, version="1.1.0", percent=5, **KEY),
    of("rollBackMiniApp", MAKERS, "appId", appId=OWN_APP, version="1.1.0", reason="出错", **KEY),
    of("setMiniAppQuota", OPERATOR, "appId", appId=OWN_APP, perS=500, reason="人口普查"),
    of("switchOff", OPERATOR, kind="APP", target=OWN_APP, reason="核查", notice="停用"),
    of("switchOn", OPERATOR, kind="VERSION", target=KILLED, reason="核查完毕"),
    of("openMiniApp", "s~~~~ sss ss ssssssss ss !s~s ~~~", "appId", appId=OWN_APP, scopes=list(SCOPES)),
    of("editShelf", OPERATOR, edit={"categories": [{"code": "more", "name": "更多"}]}, revision="$revision"),
    of("discardShelfDraft", OPERATOR, revision="$revision"),
    of("publishShelf", OPERATOR, revision="$revision", note="上线", **KEY),
    of("rollBackShelf", OPERATOR, number=1, reason="退回", **KEY),
    of("sendNotice", "sssss s!~ ss ssssssss ss ssss sss", notice=LETTER, **KEY),
    of("giveBackConsent", OF_APPS),
    of("muteMiniApp", "s~000 sss ss ssssssss ss !s0s 000", appId=OTHER_APP),
    of("unmuteMiniApp", "s0000 sss ss ssssssss ss !s0s 000", appId=OWN_APP),
    of("storeValue", "sssss s~! ss ssssssss ss ssss sss", key="draft", value='{"rent": 3000}', **KEY),
    of("removeValue", "sssss s~! ss ssssssss ss ssss sss", key="draft", **KEY),
    of("clearAppStore", "s~000 sss ss ssssssss ss !s0s 000", appId=OWN_APP),
    of("rateMiniApp", "s~!!! sss ss ssssssss ss ~s!s !!!", appId=OWN_APP, stars=4),
    of("withdrawRating", "s~--- sss ss ssssssss ss ~s-s ---", appId=OWN_APP),
    of("decideComment", HEARD, "id", id="$comment", show=True),
    of("complainOfMiniApp", "s~~~~ sss ss ssssssss ss ~s~s ~~~", appId=OWN_APP, **WRONG, **KEY),
    of("complainOfMiniApp", "s---- sss ss ssssssss ss -s-s ---", "appId", appId=FOREIGN_APP, **WRONG, **KEY),
    of("answerComplaint", HEARD, "id", id="$complaint", answer="已处理"),
    of("appointTester", OPERATOR, **OTHER, region="330106", until=IN_DAYS),
    of("dismissTester", HEARD, "id", id="$app tester", reason="本人申请"),
    of("assignTester", HEARD, "id", id="$app tester", appId=OWN_APP),
    of("unassignTester", HEARD, "id", id="$app tester", appId=OTHER_APP),
    of("reportDefect", "s~!!! sss ss ssssssss ss !s!s !!!", report=REPORT, **KEY),
    of("moveDefect", "-!--- sss ss s+!sssss !- ---- ---", "id", id="$new defect", to="CONFIRMED"),
    of("moveDefect", "-!--- sss ss s!+sssss !- ---- ---", "id", id="$defect", to="FIXING"),
    of("replyToDefect", "-+--- sss ss s++sssss +- ---- ---", "id", id="$defect", text="请看看"),
    of(
        "appoint",
        SECURITY,
        idNumber="$number of the other",
        departmentId="$department",
        role="manager",
        region="330000",
        basis="任职文件1号",
    ),
    of(
        "appoint",
        NOT_ONESELF,
        idNumber="$number of security",
        departmentId="$department",
        role="manager",
        region="330000",
        basis="任职文件1号",
    ),
    of("endPost", SECURITY, "id", id="$post", **WHY),
    of("endPost", NOT_ONESELF, id="$post of security", **WHY),
    of("exportMyData", ONCE),
    of("dataExportLink", "s~--- sss ss ssssssss ss ss-s sss", "id", id="$export"),
    of("eraseMe", ONCE, confirm="注销"),
    of("objectToAccess", "s+--- sss ss ssssssss ss ss-s sss", "accessId", accessId="$access", **WHY),
    of(
        "answerObjection",
        "sssss sss !- sssss+ss ss ssss sss",
        "id",
        id="$objection",
        upheld=False,
        answer="依法查阅",
    ),
    of("unlockNumber", SECURITY, idNumber="$number of the other", **WHY),
    of("rotateKey", SECURITY, purpose="PREDICATE", **WHY),
    of("proposeMandate", "s~!!- sss ss ssssssss ss ss~s s!s", side="PRINCIPAL", proposal=PROPOSAL),
    of("appointAgent", "s!!!! sss ss sssssss! ss ss!s s~s", proposal=PROPOSAL),
    of("proposeVillageMandate", "sssss sss ss sssssss~ ss ssss sss", **OTHER, code=CODE, until=IN_DAYS),
    of("acceptMandate", OTHERS_OFFER, "id", id="$proposal"),
    of("refuseMandate", OTHERS_OFFER, "id", id="$proposal"),
    of("revokeMandate", "s+--- sss ss sssssss- ss ss-s s-s", "id", id="$mandate"),
    of("endMandate", OPERATOR, "id", id="$mandate", reason="法院撤销"),
    of("linkFirm", "s!!!! sss ss ssssssss ss ss~s s!s", code="$firm of the former agent"),
    of("linkWard", "s!~!- sss ss ssssssss ss ss!s s!s", **WARD),
    of("supportMyself", "s!!0- sss ss ssssssss ss ss!s s!s"),
    of("askNod", "ss--- ss- ss ssssssss ss s--+ ---", "caseId", caseId="$draft", verb="SUBMIT"),
    of("answerNod", "s+--- sss ss ssssssss ss ss-s s!s", "id", id="$nod", accept=True),
    of("lowerLevel", OPERATOR, idNumber="$number of the other", level=2, evidenceId="e", reason="撤销"),
    of("createTeam", "s~~~~ sss ss ss~sssss ~~ ss~s sss", name="星河"),
    of("inviteMember", "s~--- sss ss ss-sssss ~- ss-s sss", "teamId", teamId="$team", role="TESTER", **GUEST),
    of("answerInvitation", "s-~-- sss ss ss-sssss -- ss-s sss", "id", id="$invitation", accept=True),
    of("dismissMember", "s!--- sss ss ss-sssss !- ss-s sss", "id", id="$membership"),
    of("dismissMember", "s~--- sss ss ss-sssss ~~ ss-s sss", "id", id="$membership of the tester"),
)

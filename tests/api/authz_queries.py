"""Who may look at what: the queries of the authorization table, as `authz_row` explains."""

from tests.api.authz_developer import NEW_APP
from tests.api.authz_row import FORM_ANSWERS as ANSWERS
from tests.api.authz_row import of
from tests.api.authz_world import FOREIGN_APP, OWN_APP, TEAM_APP
from tests.api.conftest import NOON
from tests.miniapps.cases.factories import CODE

EVERYBODY = "~~~~~ ~~~ ~~ ~~~~~~~~ ~~ ~~~~ ~~~"
OWN_APPS = "sssss sss ss ss~sssss -s ssss sss"
CATALOGUE = "~~~~~ s~~ ~~ ~~~~~~~~ ~~ ~~~~ ~~~"  # what everybody may read; a mini-app with its scope
APPS = "~~~~~ sss ss s~~sssss ~~ ~~~~ ~~~"
OPERATOR = "sssss sss ss s~ssssss ss ssss sss"
OF_TEAM = "----- sss ss s~~sssss -- ---- ---"  # of the developer's, and of no other team
CASES = "s+000 ++0 +0 ssssssss ss +00+ ~00"
CASE = "s+--- ++- +- ssssssss ss +--+ ---"
TRIPS = "s+--- s+- +- ssssssss ss +--+ ---"
DESK = "sssss sss +- ssssssss ss ssss sss"
QUEUE = "sssss sss +0 ssssssss ss ssss sss"
SECURITY = "sssss sss ss sssss~ss ss ssss sss"
CURATED = "sssss sss ss s~ssssss ss ssss sss"
HEARD = "sssss sss ss s+ssssss ss ssss sss"  # what citizens say, by the operators who read it

HERE = {"region": "330106"}

MADE = "----- sss ss s~~sssss -- ---- ---"  # of a mini-app of the developer's
OPERATOR = "sssss sss ss s~ssssss ss ssss sss"

OF_APP = "sssss s+0 ss ssssssss ss ssss sss"  # by its own token, with its scope

LOOKED_FOR = {"until": NOON.replace(hour=5).isoformat(), "partyId": "$person"}

QUERIES = (
    of("requestId", EVERYBODY),
    of("viewer", "s+~~~ s~~ ~~ ~~~~~~~~ +~ +~~~ ~~~"),
    of("sessions", "s+~~~ sss ~~ ~~~~~~~~ ++ ss~s ~~s"),
    of("accesses", "s++~~ sss 00 ~~~~~~~0 ~~ ss~s ~~s"),
    of("consents", "s~000 sss ss ssssssss ss ~s0s 000"),
    of("passkeys", "s+000 sss 00 00000000 +0 ss0s 00s"),
    of("networkIdentity", "s~~~~ sss ~~ ~~~~~~~~ ~~ ss~s ~~s"),
    of("calendar", CATALOGUE, year=2026),
    of("items", CATALOGUE),
    of("item", CATALOGUE, code=CODE),
    of("catalog", "00000 s00 00 00000000 00 0000 000", region="330106", target="PERSON"),
    of("neededMaterials", CATALOGUE, code=CODE, answers=ANSWERS),
    of("itemVersions", CATALOGUE, code=CODE),
    of("notices", "s+00~ s+0 00 ssssssss ss +s0s ~~~"),
    of("unreadNotices", "s~00~ s~0 00 ssssssss ss ~s0s ~~~"),
    of("materials", "s+000 s++ ss ssssssss ss +000 ~~~"),
    of("certificates", "s+000 s++ ss ssssssss ss +000 000"),
    of("materialUses", "s+000 s00 ss ssssssss ss +000 000"),
    of("upload", "s+--- s++ ss ssssssss ss +--- ---", "id", id="$upload"),
    of(
        "downloadLink", "s~--- s!! ss ssssssss ss ~--- ---", "materialVersionId", materialVersionId="$version"
    ),
    of("deskCertificate", DESK, "id", id="$certificate"),
    of(
        "deskDownloadLink",
        "sssss sss ~- ssssssss ss ssss sss",
        "materialVersionId",
        materialVersionId="$version",
    ),
    of("cases", CASES),
    of("recentCases", CASES),
    of("case", CASE, "id", id="$submitted"),
    of("case", "s+--- ++- -- ssssssss ss +--+ ---", "id", id="$draft"),
    of("case", CASE, "id", id="$correcting"),
    of("case", "s---- --- -- ssssssss ss ---- ~--", "id", id="$draft of the ward"),
    of("preparation", "s+~~~ s++ ss ssssssss ss +!~+ ~~~", code=CODE, answers=ANSWERS),
    of("deskCases", QUEUE),
    of("caseByNumber", QUEUE, number="$number"),
    of("verdict", TRIPS, "caseId", caseId="$completed"),
    of("verdicts", TRIPS, "caseId", caseId="$completed"),
    of("visits", "s~--- s~- ~- ssssssss ss ~--~ ---", "caseId", caseId="$completed"),
    of("miniApps", APPS),
    of("miniApp", APPS, appId=OWN_APP),
    of("reviewQueue", OPERATOR),
    of("reviewFigures", OPERATOR),
    of("reviewRules", APPS),
    of("miniAppReviews", OF_TEAM, "versionId", versionId="$refused version"),
    of("gateLook", OF_TEAM, "versionId", versionId="$app version"),
    of("miniApp", "----- sss ss s~~sssss -- ---- ---", "appId", appId=NEW_APP),
    of("miniApp", "----- sss ss s~-sssss -- ---- ---", "appId", appId=FOREIGN_APP),
    of("miniApp", "----- sss ss s~-sssss ~~ ---- ---", "appId", appId=TEAM_APP),
    of("teamKeys", "sssss sss ss ss~sssss 0s ssss sss"),
    of("appConsent", "sssss ~~~ ss ssssssss ss ssss sss"),
    of("mutedMiniApps", "s~000 sss ss ssssssss ss ~s0s 000"),
    of("storedValue", OF_APP, key="draft"),
    of("storedKeys", OF_APP),
    of("appStores", "s~000 sss ss ssssssss ss ~s0s 000"),
    of("packageStorage", "sssss sss ss ss~sssss ~s ssss sss"),
    of("shelf", APPS, **HERE),
    of("shelfApps", APPS, **HERE),
    of("findApps", APPS, search="租房", **HERE),
    of("findItems", "00000 s00 00 00000000 00 0000 000", search="提取", **HERE),
    of("shelfPreview", CURATED, **HERE),
    of("shelfPreviewApps", CURATED, **HERE),
    of("shelfDraft", CURATED),
    of("shelfEditions", CURATED),
    of("myRating", "s~000 sss ss ssssssss ss ~s0s 000", appId=OWN_APP),
    of("appComments", "~~~~~ sss ss s~~sssss ~~ ~~~~ ~~~", "appId", appId=OWN_APP),
    of("appComments", "----- sss ss s0-sssss -- ---- ---", "appId", appId=FOREIGN_APP),
    of("commentsToRead", HEARD),
    of("myComplaints", "s+000 sss ss ssssssss ss +s0s 000"),
    of("appComplaints", HEARD),
    of("appDefects", "0+000 sss ss s++sssss +0 0000 000"),
    of("appDefect", "-+--- sss ss s++sssss +- ---- ---", "id", id="$defect"),
    of("appTesters", HEARD),
    of("myTesterTerm", "s+000 sss ss ssssssss ss 0s0s 000"),
    of("miniAppTerms", "s~~~~ sss ss ssssssss ss ~s~s ~~~", "appId", appId=OWN_APP),
    of("miniAppRelease", MADE, "appId", appId=OWN_APP),
    of("miniAppReleaseSteps", MADE, "appId", appId=OWN_APP),
    of("miniAppQuota", MADE, "appId", appId=OWN_APP),
    of("miniAppUsage", MADE, "appId", appId=OWN_APP),
    of("miniAppUsagePoints", MADE, "appId", appId=OWN_APP),
    of("miniAppProblems", MADE, "appId", appId=OWN_APP),
    of("miniAppCalls", "----- sss ss s-~sssss -- ---- ---", "appId", appId=OWN_APP),
    of("miniAppProblems", "00000 sss ss s~~sssss 00 0000 000"),
    of("switches", OPERATOR),
    of("miniAppsHealth", OPERATOR),
    of("agreements", "sssss sss 00 ss~sss0s ~~ ssss sss"),
    of("agreementText", "sssss sss ~~ ss~sss~s ~~ ssss sss"),
    of("appCredentials", OWN_APPS, "appId", appId=OWN_APP),
    of("webhookAddresses", OWN_APPS, "appId", appId=OWN_APP),
    of("webhookDeliveries", OWN_APPS, "appId", appId=OWN_APP),
    of("dataQuestions", OWN_APPS, "appId", appId=OWN_APP),
    of("appUpstreams", OWN_APPS, "appId", appId=OWN_APP),
    of("staffPosts", SECURITY),
    of("dataExports", "s+000 sss ss ssssssss ss ss0s sss"),
    of("auditLog", "sssss sss ss ssss+sss ss ssss sss", wanted=LOOKED_FOR),
    of("objections", "s+000 sss +0 sssss+ss ss ss0s sss"),
    of("auditProof", "sssss sss ss ssss~sss ss ssss sss"),
    of("levelChanges", "s~~~~ sss 00 00000000 00 ss~s ~0s"),
    of("mandates", "s+~00 sss ss sssssss~ ss ss~s ~~s"),
    of("nods", "s+000 sss ss sssssss0 ss ss0s 00s"),
    of("memberships", "s++00 sss ss ss0sssss ++ ss0s sss"),
    of("teamMembers", "s+--- sss ss ss-sssss ++ ss-s sss", "teamId", teamId="$team"),
)

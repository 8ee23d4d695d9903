"""Mini-apps through GraphQL: the developer's, the operator's and the citizen's side."""

from identity.roles import Role
from tests.api.conftest import NOON, an_actor, as_citizen, as_operator
from tests.identity.factories import make_session
from tests.miniapps.catalog.factories import SCOPES, a_manifest, signed, the_department

SUBMIT = """mutation ($manifest: String!) {
  submitMiniApp(manifest: $manifest, idempotencyKey: "k") { id appId version state }
}"""
RELEASE = "mutation ($id: UUID!) { releaseMiniApp(versionId: $id) { state } }"
OPEN = (
    'mutation ($scopes: [String!]) { openMiniApp(appId: "rent-app", scopes: $scopes) { token sub scopes } }'
)


async def release(ask, **facts):
    developer = an_actor(Role.DEVELOPER)
    await the_department()
    made = await ask(SUBMIT, actor=developer, manifest=a_manifest(**facts))
    version = made["data"]["submitMiniApp"]["id"]
    await signed(developer, facts.get("id", "rent-app"), now=NOON)
    await ask(RELEASE, actor=as_operator(), id=version)
    return developer, version


async def test_version_goes_from_developer_to_citizen(db, ask):
    await release(ask)
    _, citizen = await make_session()

    opened = await ask(OPEN, actor=citizen, scopes=list(SCOPES))

    assert opened["data"]["openMiniApp"]["scopes"] == sorted(SCOPES)
    assert len(opened["data"]["openMiniApp"]["sub"]) == 32


async def test_an_opening_says_by_which_host_and_where(db, ask):
    await release(ask, host="2.3", regions='["330100"]')
    _, citizen = await make_session()
    wish = "mutation ($scopes: [String!], $host: String, $region: String) { openMiniApp("
    wish += 'appId: "rent-app", scopes: $scopes, hostVersion: $host, region: $region) { version } }'

    async def opened(host: str | None, region: str | None):
        answer = await ask(wish, actor=citizen, scopes=list(SCOPES), host=host, region=region)
        return answer["errors"][0]["extensions"] if "errors" in answer else answer["data"]["openMiniApp"]

    assert await opened("2.3.1", "330106") == {"version": "1.0.0"}
    assert (await opened("2.2", "330106"))["code"] == "APP_HOST_TOO_OLD"
    assert (await opened(None, "330106"))["data"] == {"name": "租房提取", "needed": "2.3"}
    assert (await opened("2.3", "330204"))["code"] == "APP_NOT_SERVED_HERE"


async def test_faulty_manifest_comes_back_with_its_lines(db, ask):
    answer = await ask(SUBMIT, actor=an_actor(Role.DEVELOPER), manifest=a_manifest(version="one"))

    extensions = answer["errors"][0]["extensions"]
    assert extensions["code"] == "MANIFEST_REFUSED"
    assert extensions["faults"][0]["line"] == 4


async def test_citizen_cannot_release(db, ask):
    _, version = await release(ask)

    answer = await ask(RELEASE, actor=as_citizen(), id=version)

    assert answer["errors"][0]["extensions"]["code"] == "SCOPE_MISSING"


async def test_list_with_versions_costs_two_queries(db, ask):
    for number in range(4):
        await release(ask, id=f"app-{number}")
    db.clear()

    answer = await ask(
        "{ miniApps(first: 3) { edges { node { appId versions { version } } } } }", actor=as_operator()
    )

    assert [edge["node"]["appId"] for edge in answer["data"]["miniApps"]["edges"]] == [
        "app-3",
        "app-2",
        "app-1",
    ]
    assert len(db) == 2


async def test_visitor_sees_listed_apps_without_their_versions(db, ask):
    await release(ask)

    answer = await ask('{ miniApp(appId: "rent-app") { name state versions { id } } }')

    assert answer["data"]["miniApp"] == {"name": "租房提取", "state": "LISTED", "versions": []}


async def test_switched_off_app_says_why(db, ask):
    await release(ask)
    await ask(
        'mutation { switchOff(kind: APP, target: "rent-app", reason: "收到投诉", notice: "核查") { offAt } }',
        actor=as_operator(),
    )
    _, citizen = await make_session()

    answer = await ask(OPEN, actor=citizen, scopes=list(SCOPES))

    extensions = answer["errors"][0]["extensions"]
    assert extensions["code"] == "APP_SUSPENDED"
    assert extensions["data"] == {"app_id": "rent-app", "reason": "核查"}

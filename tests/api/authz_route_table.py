"""What every route answers to whom: the status, `*` for everybody who is not named."""

from tests.api.authz_citizen import STATUSES as CITIZEN
from tests.api.authz_developer import STATUSES as DEVELOPER
from tests.api.authz_operator import STATUSES as OPERATOR

PAGES: dict[tuple[str, str], int] = {
    **CITIZEN,
    **DEVELOPER,
    **OPERATOR,
    ("GET", "/sign-in"): 200,
    ("POST", "/sign-in"): 415,
    ("GET", "/sign-in/qr"): 200,
    ("GET", "/qr/{request_id:uuid}"): 303,
    ("POST", "/qr/{request_id:uuid}"): 415,
    ("GET", "/sign-in/context"): 303,
    ("POST", "/sign-in/context"): 415,
    ("GET", "/sign-out"): 200,
    ("POST", "/sign-out"): 415,
    ("GET", "/account"): 303,
    ("GET", "/account/sessions"): 303,
    ("POST", "/account/sessions/revoke"): 415,
    ("POST", "/account/sessions/revoke-others"): 415,
    ("POST", "/account/sessions/rename"): 415,
    ("GET", "/account/passkeys"): 303,
    ("GET", "/account/passkeys/add"): 303,
    ("POST", "/account/passkeys/add"): 415,
    ("POST", "/account/passkeys/rename"): 415,
    ("POST", "/account/passkeys/remove"): 415,
    ("GET", "/account/network-identity"): 303,
    ("POST", "/account/network-identity/link"): 415,
    ("POST", "/account/network-identity/unlink"): 415,
    ("GET", "/account/mandates"): 303,
    ("GET", "/account/mandates/new"): 303,
    ("POST", "/account/mandates/new"): 415,
    ("POST", "/account/mandates/answer"): 415,
    ("POST", "/account/mandates/end"): 415,
    ("POST", "/account/mandates/nod"): 415,
    ("GET", "/account/consents"): 303,
    ("POST", "/account/consents/withdraw"): 415,
    ("POST", "/account/consents/mute"): 415,
    ("POST", "/account/consents/unmute"): 415,
    ("POST", "/account/consents/clear"): 415,
    ("GET", "/account/accesses"): 303,
    ("POST", "/account/accesses/object"): 415,
    ("GET", "/consent"): 303,
    ("POST", "/consent"): 415,
    ("GET", "/pages/{name:str}"): 404,
    **{
        (method, path): 404
        for method in ("GET", "POST")
        for path in (
            "/sso/mobile.do",
            "/sso/newusp.do",
            "/sso/alipay.do",
            "/uc/sso/login",
            "/opensso/spsaehandler/metaAlias/sp",
        )
    },
    ("GET", "/uc/unifiedLogout"): 200,
    ("GET", "/opensso/UI/Logout"): 200,
    ("GET", "/oauth/logout.do"): 200,
}
"""The status of each page for whoever comes with a header and no cookie: to pages he is a visitor."""

OIDC: dict[tuple[str, str], dict[str, int]] = {
    ("GET", "/.well-known/openid-configuration"): {"*": 200},
    ("GET", "/.well-known/oauth-authorization-server"): {"*": 200},
    ("GET", "/.well-known/jwks.json"): {"*": 200},
    ("GET", "/oauth/jwks"): {"*": 200},
    ("GET", "/oauth/authorize"): {"*": 400},  # no client is named
    ("POST", "/oauth/authorize"): {"*": 400},
    ("GET", "/oauth/continue"): {"*": 404},
    ("GET", "/oauth/logout"): {"*": 200},  # only a browser's cookie could be signed out
    ("POST", "/oauth/logout"): {"*": 400},  # no form
    ("POST", "/oauth/par"): {"*": 400},
    ("POST", "/oauth/token"): {"*": 400},
    ("POST", "/oauth/revoke"): {"*": 400},
    ("POST", "/oauth/introspect"): {"*": 400},
    ("GET", "/oauth/userinfo"): {"*": 401},  # tokens of sessions are none of a grant
    ("POST", "/oauth/userinfo"): {"*": 401},
}
"""The OpenID Provider: a session's token in the header Authorization means nothing to it."""

ROUTES: dict[tuple[str, str], dict[str, int]] = {
    **{route: {"*": status} for route, status in PAGES.items()},
    **OIDC,
    **{
        ("POST", f"/restapi/prod/IC330000202{rest}"): {"*": 401}
        for rest in (
            "20228000002/sso/servlet/simpleauth",
            "20228000004/sso/servlet/simpleauth",
            "20329000007/uc/sso/access_token",
            "20329000008/uc/sso/getUserInfo",
            "20309000001/rest/user/query",
            "20309000002/rest/callbackUrl",
        )
    },
    ("GET", "/sso/servlet/simpleauth"): {"*": 200},
    ("POST", "/sso/servlet/simpleauth"): {"*": 200},
    ("POST", "/uc/sso/access_token"): {"*": 200},
    ("POST", "/uc/sso/getUserInfo"): {"*": 200},
    ("POST", "/rest/user/query"): {"*": 200},
    ("GET", "/tgssocheck/getLoginInfo"): {"*": 200},
    ("POST", "/tgssocheck/getLoginInfo"): {"*": 200},
    ("POST", "/uc/sso/ticket"): {"*": 403, "owner": 200, "other": 200, "visitor": 401},
    # no mini-app is released, and no back end is connected at a developer's desk
    ("POST", "/gw/{app_id:str}/{api:str}"): {"*": 403, "visitor": 401, "app": 404, "developer": 503},
    ("GET", "/apps/versions/{version_id:uuid}/shots/{name:str}"): {
        "*": 404,
        "clerk": 403,
        "security": 403,
        "maintainer": 403,
        "auditor": 403,
        "app": 403,
    },
    ("POST", "/apps/reviews/{id:uuid}/shots"): {"*": 403, "visitor": 401, "operator": 404},
    ("GET", "/healthz"): {"*": 200},
    ("GET", "/readyz"): {"*": 200},
    ("GET", "/metrics"): {"*": 200},
    ("GET", "/"): {"*": 200},
    ("GET", "/start"): {"*": 200},
    ("GET", "/docs/errors"): {"*": 200},
    ("GET", "/graphql"): {"*": 200},
    ("POST", "/graphql"): {"*": 200},
    # at the origin of a mini-app alone, by a cookie of its own: tests/api/apps
    ("POST", "/h5/enter"): {"*": 404},
    ("POST", "/h5/mgop"): {"*": 404},
    ("GET", "/mgop/{app_id:str}/mgopSchema.json"): {"*": 404},  # nothing is listed
    ("POST", "/beacon"): {"*": 400},  # the token comes inside: tests/api/apps/test_beacon.py
    ("POST", "/apps/data-answers"): {"*": 401},  # likewise: tests/api/test_data_answers.py
    ("POST", "/apps/notices"): {"*": 401},  # a mini-app's own credential: tests/api/test_app_notices.py
    ("POST", "/apps/packages"): {"*": 403, "visitor": 401, "developer": 415},
    ("POST", "/session"): {"*": 201},
    ("GET", "/session/methods"): {"*": 200},
    ("POST", "/session/sms"): {"*": 422},  # nobody is asked for: one number gets one code a minute
    ("POST", "/session/passkey/options"): {"*": 200},
    ("POST", "/session/passkey"): {"*": 401},  # by no passkey
    ("POST", "/session/network-id"): {"*": 401},  # by a 网证 that is not good
    ("POST", "/session/qr"): {"*": 201},
    ("POST", "/session/qr/{id:uuid}/session"): {"*": 404},  # nobody began it
    ("GET", "/session/qr/{id:uuid}"): {"*": 404, "visitor": 401, "app": 403},
    ("POST", "/session/qr/{id:uuid}/approval"): {"*": 404, "visitor": 401, "app": 403},
    ("POST", "/session/qr/{id:uuid}/refusal"): {"*": 404, "visitor": 401, "app": 403},
    ("POST", "/passkeys/options"): {"*": 200, "visitor": 401, "app": 403},
    ("POST", "/passkeys"): {"*": 422, "visitor": 401, "app": 403},  # to no challenge
    ("GET", "/sandbox/sms"): {"*": 200},
    ("GET", "/graphiql/{name:str}"): {"*": 200},
    ("GET", "/sandbox/personas"): {"*": 200},
    ("GET", "/sandbox/citizens/{seed:int}"): {"*": 200},
    ("GET", "/sandbox/clock"): {"*": 200},
    ("POST", "/sandbox/clock"): {"*": 403, "visitor": 401, "maintainer": 200},
    ("DELETE", "/sandbox/clock"): {"*": 403, "visitor": 401, "maintainer": 200},
    ("GET", "/files/{token:str}"): {"*": 404, "owner": 200},
    ("GET", "/files/exports/{token:str}"): {"*": 404},
    ("DELETE", "/session"): {"*": 204, "visitor": 401, "app": 401},
}
"""The status of each route: `*` for everybody who is not named."""

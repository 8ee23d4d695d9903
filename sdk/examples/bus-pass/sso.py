"""Single sign-on as it was: a ticket of the page for an access token, the access token for the user.

    POST {host}/uc/sso/access_token  {"ticketId", "appId"}  ->  {"success", "errorCode", "errorMsg", "data"}
    POST {host}/uc/sso/getUserInfo   {"token"}

Who signs in by it is known by `userId`, which is another for every service.
"""

from datetime import date
from types import TracebackType
from typing import Any, Self

import httpx
import msgspec

from banshi.errors import DomainError

PATIENCE_S = 5.0
PERSON = "PERSON"


class SignInAgain(DomainError):
    """The ticket or the session is over."""

    code = "SIGN_IN_AGAIN"
    status = 401
    text = "登录已过期，请重新登录。"


class PersonsOnly(DomainError):
    """Somebody signed in for a firm, or without his real name."""

    code = "PERSONS_ONLY"
    status = 403
    text = "请以个人身份实名登录后使用。"


class SignOnSilent(DomainError):
    """The sign-on service did not answer."""

    code = "SIGN_ON_SILENT"
    status = 503
    text = "登录服务没有应答，请稍后再试。"


class User(msgspec.Struct, frozen=True):
    """Who signed in, as far as this service needs it: more is not read out of the answer."""

    id: str
    name: str
    born_on: date


class SignOn:
    """The sign-on service at `host`, for the application `app_id`."""

    def __init__(self, host: str, app_id: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.app_id = app_id
        self._http = httpx.AsyncClient(base_url=host, timeout=PATIENCE_S, transport=transport)

    async def __aenter__(self) -> Self:
        """Begin."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        await self._http.aclose()

    async def user_of(self, ticket: str) -> User:
        """Return who the ticket is of; it is good once.

        Raises: SignInAgain, PersonsOnly, SignOnSilent.
        """
        given = await self._ask("/uc/sso/access_token", {"ticketId": ticket, "appId": self.app_id})
        told = await self._ask("/uc/sso/getUserInfo", {"token": given["accessToken"]})
        person = told["personInfo"]
        if told["userType"] != PERSON or not person["birthday"]:
            raise PersonsOnly
        return User(person["userId"], person["userName"], date.fromisoformat(person["birthday"]))

    async def _ask(self, path: str, body: dict[str, str]) -> dict[str, Any]:
        try:
            answer = await self._http.post(path, json=body)
            answer.raise_for_status()
            told: dict[str, Any] = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise SignOnSilent from error
        if not told["success"]:
            raise SignInAgain
        data: dict[str, Any] = told["data"]
        return data

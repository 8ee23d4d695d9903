"""How a refusal looks: as JSON to a client, on a page, or taken back to the registered redirect URI alone."""

from typing import Any

import httpx

from tests.api.oidc.relying import CALLBACK, ISSUER, query_of

SECRET_MARKS = ("Traceback", "asyncpg", "SELECT ", "oidc_grant")


def refused(answer: httpx.Response, status: int, error: str, says: str = "") -> None:
    """A client is refused with this error, and told nothing else."""
    assert (answer.status_code, answer.json().get("error")) == (status, error), answer.text
    assert answer.json().keys() <= {"error", "error_description"}
    assert says in answer.json()["error_description"]
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["cache-control"] == "no-store"
    assert "location" not in answer.headers
    assert_silent(answer)


def shown(answer: httpx.Response, error: str, status: int = 400) -> None:
    """A page tells of the error, and the browser is sent nowhere."""
    assert answer.status_code == status, answer.headers
    assert "location" not in answer.headers
    assert answer.headers["content-type"].startswith("text/html")
    assert error in answer.text
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert_silent(answer)


def sent_back(
    answer: httpx.Response, error: str, *, state: str | None = "st", says: str = "", to: str = CALLBACK
) -> None:
    """The browser goes to the registered redirect URI with the error, the state and who says so."""
    assert answer.status_code == 303, answer.text
    where, _, _ = answer.headers["location"].partition("?")
    assert where == to, answer.headers["location"]
    told = query_of(answer)
    assert (told["error"], told.get("state"), told["iss"]) == (error, state, ISSUER), told
    assert says in told["error_description"]
    assert told.keys() <= {"error", "error_description", "state", "iss"}
    assert_silent(answer)


def expect(answer: httpx.Response, wanted: str) -> None:
    """Check an answer to a browser: "page ERROR" or "back ERROR"."""
    where, error = wanted.split()
    if where == "page":
        shown(answer, error)
    else:
        sent_back(answer, error)


def not_signed_in(answer: httpx.Response) -> None:
    """Our own API knows nobody by what was shown, and did nothing."""
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (401, "NOT_SIGNED_IN"), answer.text
    assert (answer.json().keys(), error["extensions"]["data"]) == ({"errors"}, {})
    assert_silent(answer)


def assert_silent(answer: httpx.Response) -> None:
    """A refusal says nothing of what is inside."""
    assert not any(mark in answer.text for mark in SECRET_MARKS)


def ids(rows: list[tuple[Any, ...]]) -> list[str]:
    """The names of the rows of a table."""
    names = [str(row[0]) for row in rows]
    assert len(set(names)) == len(names)
    return names

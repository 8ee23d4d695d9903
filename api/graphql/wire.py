"""A request as GraphQL over HTTP spells it: an operation's text, or the id of a document kept here."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from api.http.body import understood
from api.http.errors import BadRequest


class Wire(msgspec.Struct, rename="camel"):
    """The members of a request; `query` and `document_id` exclude each other."""

    query: str | UnsetType = UNSET
    document_id: str | UnsetType = UNSET
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None


class PersistedQuery(msgspec.Struct, rename={"sha256": "sha256Hash"}):
    """The extension of automatic persisted queries, as Apollo's clients send it."""

    sha256: str
    version: int = 1


_decode = msgspec.json.Decoder(Wire).decode


def read(body: bytes) -> Wire:
    """Return the request that `body` (JSON) spells.

    Raises:
        msgspec.DecodeError, BadRequest: it spells none, or two.
    """
    wire = _decode(body)
    if wire.query is not UNSET and wire.document_id is not UNSET:
        raise BadRequest(problem="Send either `query` or `documentId`.")
    if wire.query is UNSET and wire.document_id is UNSET and persisted(wire) is None:
        raise BadRequest(problem="Object missing required field `query`, or `documentId`.")
    return wire


def from_address(parameters: Mapping[str, str]) -> Wire:
    """Return the request of a GET, whose `variables` and `extensions` are JSON inside the address.

    Raises:
        BadRequest: as `read` does.
    """
    given: dict[str, Any] = dict(parameters)
    for name in ("variables", "extensions", "operationName"):
        if not given.get(name):  # an empty text counts as none
            given.pop(name, None)
        elif name != "operationName":
            given[name] = understood(given[name].encode(), msgspec.json.decode)
    return understood(msgspec.json.encode(given), read)


def persisted(wire: Wire) -> PersistedQuery | None:
    """Return the extension `persistedQuery` of a request.

    Raises:
        BadRequest: it is there, but not of that shape.
    """
    found = (wire.extensions or {}).get("persistedQuery")
    if found is None:
        return None
    try:
        return msgspec.convert(found, PersistedQuery)
    except msgspec.ValidationError as error:
        raise BadRequest(problem=f"extensions.persistedQuery: {error}") from error

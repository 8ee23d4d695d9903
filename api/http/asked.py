"""A request for a trusted document: what is asked, what goes out, and what is told of it."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from api.context import Context
from api.graphql import limits
from api.graphql.documents import PREFIX
from api.graphql.plan.runtime import compression
from api.graphql.plan.runtime.compression import Parts
from api.http.report import report
from api.http.wish import ENCODERS, Wish

PATH = "/graphql"
SIGN = b'"documentId"'
Body = tuple[Sequence[bytes], int, str | None]  # in pieces, its length and its encoding


class Asked(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """The request, when it is nothing but a trusted document's."""

    document_id: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None


decode = msgspec.json.Decoder(Asked).decode


def understood(body: bytes) -> Asked | None:
    """Return what is asked, if it is nothing but a trusted document."""
    if len(body) > limits.BODY_BYTES or SIGN not in body:
        return None
    try:
        asked = decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return asked if asked.document_id.startswith(PREFIX) else None


def encoded(parts: Parts, wish: Wish) -> Body:
    """Return a body as it is wished for."""
    pieces = compression.pieces(parts)
    length = sum(map(len, pieces))
    if wish.encoding is None or length < compression.WORTH:
        return pieces, length, None
    body = ENCODERS[wish.encoding](parts)
    return (body,), len(body), wish.encoding


def tell(state: Mapping[str, Any], context: Context | None, status: int) -> None:
    """Report the request."""
    operation = None if context is None else context.operation
    report(
        route=PATH,
        method="POST",
        status=status,
        seconds=time.perf_counter() - state["began"],
        request_id=state["request_id"],
        operation=msgspec.UNSET if operation is None else operation.label,
    )

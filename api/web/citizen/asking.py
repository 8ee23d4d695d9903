"""Trusted documents, run in this process: all that citizens' pages read and do is one of them."""

from typing import Any, Final

import msgspec
from graphql import GraphQLError

from api.graphql import execute
from api.graphql.engine import Engine
from api.graphql.errors import Bug, VariablesInvalid
from api.graphql.plan.runtime.compression import plain
from api.http.asking import Asker, context_of
from api.http.errors import AnyRequest, BadRequest
from banshi.errors import DomainError

Data = dict[str, Any]

UNFIT: Final = "有一项内容无法识别，请返回上一页重试。"

_decode = msgspec.json.Decoder(dict[str, Data]).decode


async def ask(request: AnyRequest, asker: Asker, document_id: str, **variables: Any) -> Data:
    """Return the data of a trusted document, as a client of `/graphql` gets it.

    Shape: names in camel case, enumerations in capitals, moments as text.
    Raises: the refusal of the first field that refused; BadRequest for a value that no variable takes, as
        in an address or form that somebody wrote himself; Bug when something went wrong on our side.
    """
    engine: Engine = request.app.state["engine"]
    operation = engine.choosing.trusted.operations[document_id]
    context = context_of(request, asker)
    over = execute.check(operation, variables)
    if over is not None:
        raise _unfit(over) from over
    request.scope["state"]["operation"] = operation.label
    ways = engine.paths.known(operation)
    parts = await engine.paths.by_plan(ways, variables, context)
    if parts is not None:
        return _decode(plain(parts))["data"]
    context.operation = operation
    data, errors = await engine.paths.by_resolvers(ways, operation, variables, context)
    for error in errors:
        cause = error.original_error
        if isinstance(cause, DomainError):
            raise cause from error
        raise _unfit(error) from error
    return _decode(execute.encode({"data": data}))["data"]


def _unfit(error: GraphQLError) -> DomainError:
    code = (error.extensions or {}).get("code", VariablesInvalid.code)
    is_typed = error.path is None and code == VariablesInvalid.code
    return BadRequest(problem=UNFIT) if is_typed else Bug()

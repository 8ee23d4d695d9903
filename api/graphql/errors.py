"""Refusals of the GraphQL layer itself, and the one shape in which every error leaves it.

An error on the wire is `{message, locations?, path?, extensions: {code, data, requestId}}`.
"""

from typing import Any

from graphql import GraphQLError

from banshi.errors import DomainError


class SyntaxRefused(DomainError):
    """The text of the operation is not GraphQL."""

    code = "GRAPHQL_SYNTAX"
    status = 400
    text = "The operation cannot be parsed."


class OperationInvalid(DomainError):
    """The operation asks for what the schema does not offer, or in a way it does not offer it."""

    code = "GRAPHQL_INVALID"
    status = 400
    text = "The operation does not fit the schema."


class VariablesInvalid(DomainError):
    """A variable is missing, of the wrong type, or not one of the choices."""

    code = "VARIABLES_INVALID"
    status = 400
    text = "The variables do not fit the operation."


class TooLarge(DomainError):
    """The operation passes one of the limits of docs/api.md: `limit` says which."""

    code = "OPERATION_TOO_LARGE"
    status = 400
    text = "The operation has {limit} {found}; {allowed} is the most."


class TooCostly(DomainError):
    """The answer could hold too many objects: ask for shorter pages or fewer nested lists."""

    code = "OPERATION_TOO_COSTLY"
    status = 400
    text = "The operation costs {cost} points; {allowed} is the most."


class DocumentUnknown(DomainError):
    """No trusted document has this id: rebuild the client with the server's manifest, or send `query`."""

    code = "DOCUMENT_UNKNOWN"
    status = 400
    text = "There is no document with this id."


class DocumentRequired(DomainError):
    """A session runs trusted documents alone: send `documentId`. Others' programs use a mini-app's token."""

    code = "DOCUMENT_REQUIRED"
    status = 400
    text = "Send the `documentId` of a trusted document; sessions run no other."


class PersistedQueryNotFound(DomainError):
    """No text with this hash is kept: send hash and text once, as clients of Apollo do by themselves."""

    code = "PERSISTED_QUERY_NOT_FOUND"
    status = 400
    text = "PersistedQueryNotFound"


class PersistedQueryNotSupported(DomainError):
    """Only development servers keep texts by their hash: send `query`, or `documentId`."""

    code = "PERSISTED_QUERY_NOT_SUPPORTED"
    status = 400
    text = "PersistedQueryNotSupported"


class PersistedQueryMismatch(DomainError):
    """The hash is not that of the text, which must be hashed as it is sent, in UTF-8."""

    code = "PERSISTED_QUERY_MISMATCH"
    status = 400
    text = "The hash is not the SHA-256 of the query."


class OneAtATime(DomainError):
    """The field opens what is sealed and records the look, so it is answered for one thing, not in a list."""

    code = "FIELD_ONE_AT_A_TIME"
    status = 400
    text = "Ask for {field} of one thing at a time, not in a list."


class Bug(DomainError):
    """Our fault, already logged: quote the request id when you report it."""

    code = "INTERNAL"
    status = 500
    text = "Something went wrong on our side."


def is_bug(error: GraphQLError) -> bool:
    """Say whether `error` comes from neither a refusal nor GraphQL itself."""
    cause = error.original_error
    if isinstance(cause, GraphQLError):  # a row holds what its type has no word for; arguments have nodes
        return error.path is not None and cause.nodes is None
    return cause is not None and not isinstance(cause, DomainError)


def refusal(cause: DomainError) -> GraphQLError:
    """Return `cause` as GraphQL's own error, for stages that run before any field."""
    return GraphQLError(str(cause), original_error=cause, extensions=cause.extensions)


def hidden(error: GraphQLError) -> GraphQLError:
    """Return what a client may know of a bug: where, not what."""
    bug = Bug()
    return GraphQLError(str(bug), nodes=error.nodes, path=error.path, extensions=bug.extensions)


MESSAGE_CHARACTERS = 400
PLACES = 10  # in the document


def shape(error: GraphQLError, *, request_id: str, otherwise: type[DomainError]) -> dict[str, Any]:
    """Return `error` as it goes on the wire; `otherwise` is the kind of an error that has no code yet.

    graphql-core's messages quote what was sent, and name every place: both are cut to a readable length.
    """
    extensions = dict(error.extensions or {})
    if "code" not in extensions:
        extensions.update(code=otherwise.code, data={})
    formatted = error.formatted
    if "locations" in formatted:
        formatted["locations"] = formatted["locations"][:PLACES]
    return {
        **formatted,
        "message": error.message if _is_ours(error) else _cut(error.message),
        "extensions": {**extensions, "requestId": request_id},
    }


def _is_ours(error: GraphQLError) -> bool:
    return isinstance(error.original_error, DomainError)


def _cut(message: str) -> str:
    message = message.split(" Did you mean", 1)[0]
    return message if len(message) <= MESSAGE_CHARACTERS else message[:MESSAGE_CHARACTERS] + "…"

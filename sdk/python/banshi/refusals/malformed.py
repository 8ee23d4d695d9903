"""Malformed: the request itself is wrong."""

from banshi.refusals._base import Malformed


class BadRequest(Malformed):
    """The request is malformed: `problem` says where and how to mend it."""

    code, status, retryable = "BAD_REQUEST", 400, False


class BodyTooLarge(Malformed):
    """The body is longer than this path takes."""

    code, status, retryable = "BODY_TOO_LARGE", 413, False


class CallTooLarge(Malformed):
    """The body is longer than a mini-app takes."""

    code, status, retryable = "CALL_TOO_LARGE", 413, False


class DocumentRequired(Malformed):
    """A session runs trusted documents alone: send `documentId`. Others' programs use a mini-app's …"""

    code, status, retryable = "DOCUMENT_REQUIRED", 400, False


class DocumentUnknown(Malformed):
    """No trusted document has this id: rebuild the client with the server's manifest, or send `query`."""

    code, status, retryable = "DOCUMENT_UNKNOWN", 400, False


class FieldOneAtATime(Malformed):
    """The field opens what is sealed and records the look, so it is answered for one thing, not in a …"""

    code, status, retryable = "FIELD_ONE_AT_A_TIME", 400, False


class GraphqlInvalid(Malformed):
    """The operation asks for what the schema does not offer, or in a way it does not offer it."""

    code, status, retryable = "GRAPHQL_INVALID", 400, False


class GraphqlSyntax(Malformed):
    """The text of the operation is not GraphQL."""

    code, status, retryable = "GRAPHQL_SYNTAX", 400, False


class MethodNotAllowed(Malformed):
    """This path or operation does not take this method; the header Allow names those it takes."""

    code, status, retryable = "METHOD_NOT_ALLOWED", 405, False


class NotAcceptable(Malformed):
    """The header Accept excludes everything this path can answer with."""

    code, status, retryable = "NOT_ACCEPTABLE", 406, False


class OauthRequestRefused(Malformed):
    """A client sent the browser with a request that cannot be taken back to it; developers read why."""

    code, status, retryable = "OAUTH_REQUEST_REFUSED", 400, False


class OperationTooCostly(Malformed):
    """The answer could hold too many objects: ask for shorter pages or fewer nested lists."""

    code, status, retryable = "OPERATION_TOO_COSTLY", 400, False


class OperationTooLarge(Malformed):
    """The operation passes one of the limits of docs/api.md: `limit` says which."""

    code, status, retryable = "OPERATION_TOO_LARGE", 400, False


class PersistedQueryMismatch(Malformed):
    """The hash is not that of the text, which must be hashed as it is sent, in UTF-8."""

    code, status, retryable = "PERSISTED_QUERY_MISMATCH", 400, False


class PersistedQueryNotFound(Malformed):
    """No text with this hash is kept: send hash and text once, as clients of Apollo do by themselves."""

    code, status, retryable = "PERSISTED_QUERY_NOT_FOUND", 400, False


class PersistedQueryNotSupported(Malformed):
    """Only development servers keep texts by their hash: send `query`, or `documentId`."""

    code, status, retryable = "PERSISTED_QUERY_NOT_SUPPORTED", 400, False


class UnsupportedMediaType(Malformed):
    """The header Content-Type names something this path cannot read."""

    code, status, retryable = "UNSUPPORTED_MEDIA_TYPE", 415, False


class VariablesInvalid(Malformed):
    """A variable is missing, of the wrong type, or not one of the choices."""

    code, status, retryable = "VARIABLES_INVALID", 400, False


class WireCallbackRefused(Malformed):
    """The address to return to is not one that the client registered."""

    code, status, retryable = "WIRE_CALLBACK_REFUSED", 400, False

"""Which operation a request means, and whether its sender may ask for it.

    documentId                 -> a trusted document, for everybody
    query                      -> an ordinary operation; in production not with a first-party session's token
    extensions.persistedQuery  -> a text sent before, while developing

Third parties and visitors keep ordinary operations, under the limits of api.graphql.limits and cost.
"""

from msgspec import UNSET

from api.graphql import operations, wire
from api.graphql.documents import PREFIX
from api.graphql.errors import (
    DocumentRequired,
    DocumentUnknown,
    PersistedQueryNotSupported,
    refusal,
)
from api.graphql.operations import Operation, Refused
from api.graphql.persisted import Texts
from api.graphql.schema import Schema
from api.graphql.trusted import Trusted
from api.graphql.wire import Wire
from banshi.errors import DomainError
from identity import sessions


class Choosing:
    """Finds the operation of each request; made once per process, when all trusted documents are made ready.

    `is_open` is for development: introspection, suggestions of names, any text for everybody, and
    automatic persisted queries.
    """

    def __init__(self, schema: Schema, trusted: Trusted, *, is_open: bool) -> None:
        self.schema = schema.core
        self.trusted = trusted
        self.is_open = is_open
        self.texts = Texts()

    def operation(self, asked: Wire, token: str | None) -> Operation:
        """Return what `asked` means, sent with the bearer's `token` (verified already).

        Raises:
            Refused: there is no such document, the text cannot run, or this sender may not send it.
        """
        try:
            if asked.document_id is not UNSET:
                return self._known(asked.document_id, asked.operation_name)
            return self._by_hash_or_text(asked, token)
        except DomainError as error:
            raise Refused([refusal(error)]) from error

    def _known(self, document_id: str, name: str | None) -> Operation:
        operation = self.trusted.find(document_id)
        if operation is None:
            raise DocumentUnknown
        if name and name != operation.name:
            raise Refused([operations.invalid(f"This document's operation is {operation.name}.")])
        return operation

    def _by_hash_or_text(self, asked: Wire, token: str | None) -> Operation:
        persisted = wire.persisted(asked)
        if persisted and asked.query is UNSET and self.trusted.find(PREFIX + persisted.sha256):
            return self._known(PREFIX + persisted.sha256, asked.operation_name)
        if not self.is_open and token is not None and token.startswith(sessions.PREFIX):
            raise DocumentRequired
        text = self._text(asked, persisted.sha256 if persisted else None)
        return operations.choose(self.schema, text, asked.operation_name or None, is_open=self.is_open)

    def _text(self, asked: Wire, sha256: str | None) -> str:
        if asked.query is UNSET:
            if not self.is_open or sha256 is None:
                raise PersistedQueryNotSupported
            return self.texts.find(sha256)
        if self.is_open and sha256 is not None:
            self.texts.keep(sha256, asked.query)
        return asked.query

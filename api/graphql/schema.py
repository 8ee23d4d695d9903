"""All slices' fields in one schema; refusals answered, bugs hidden and logged.

A slice adds its line to QUERIES and MUTATIONS.
"""

import time
from collections.abc import Iterator
from functools import cache

import strawberry
import structlog
from graphql import GraphQLError, GraphQLSchema
from strawberry.extensions import MaskErrors, SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter
from strawberry.tools import merge_types
from strawberry.types import ExecutionContext

from api.context import Info
from api.graphql.agreements import AgreementsMutation, AgreementsQuery
from api.graphql.auditing import AuditQuery
from api.graphql.calendar import CalendarMutation, CalendarQuery
from api.graphql.cases import CasesMutation, CasesQuery
from api.graphql.catalog import CatalogMutation, CatalogQuery
from api.graphql.defects import DefectsMutation, DefectsQuery
from api.graphql.desk import DeskMutation, DeskQuery
from api.graphql.errors import hidden, is_bug
from api.graphql.identity import IdentityMutation, IdentityQuery
from api.graphql.insight import InsightQuery
from api.graphql.items import ItemsMutation, ItemsQuery
from api.graphql.mandates import MandatesMutation, MandatesQuery
from api.graphql.materials import MaterialsMutation, MaterialsQuery
from api.graphql.methods import MethodsMutation, MethodsQuery
from api.graphql.notices import NoticesMutation, NoticesQuery
from api.graphql.objections import ObjectionsMutation, ObjectionsQuery
from api.graphql.own_app import OwnAppMutation, OwnAppQuery
from api.graphql.people import PeopleMutation, PeopleQuery
from api.graphql.privacy import PrivacyMutation, PrivacyQuery
from api.graphql.quotas import QuotasMutation, QuotasQuery
from api.graphql.releases import ReleaseMutation, ReleaseQuery
from api.graphql.review import ReviewMutation, ReviewQuery
from api.graphql.security import SecurityMutation, SecurityQuery
from api.graphql.shelf import ShelfPreviewQuery, ShelfQuery
from api.graphql.shelf_editing import ShelfEditingMutation, ShelfEditingQuery
from api.graphql.stores import StoresMutation, StoresQuery
from api.graphql.team_keys import TeamKeysMutation, TeamKeysQuery
from api.graphql.trips import TripsMutation, TripsQuery
from api.graphql.upstreams import UpstreamsMutation, UpstreamsQuery
from api.graphql.voices import VoicesMutation, VoicesQuery
from api.graphql.webhooks import WebhooksMutation, WebhooksQuery

log = structlog.get_logger()

TRACEBACKS_PER_S = 10


@strawberry.type
class ServerQuery:
    """What the server says about the request itself."""

    @strawberry.field(description="The id of this request, as it stands in the server's logs.")
    def request_id(self, info: Info) -> str:
        return info.context.request_id


QUERIES: tuple[type, ...] = (
    ServerQuery,
    IdentityQuery,
    MethodsQuery,
    PeopleQuery,
    MandatesQuery,
    CalendarQuery,
    NoticesQuery,
    ItemsQuery,
    MaterialsQuery,
    CasesQuery,
    DeskQuery,
    TripsQuery,
    CatalogQuery,
    TeamKeysQuery,
    ReviewQuery,
    ShelfQuery,
    ShelfPreviewQuery,
    ShelfEditingQuery,
    VoicesQuery,
    StoresQuery,
    DefectsQuery,
    InsightQuery,
    ReleaseQuery,
    OwnAppQuery,
    AgreementsQuery,
    WebhooksQuery,
    UpstreamsQuery,
    QuotasQuery,
    SecurityQuery,
    AuditQuery,
    ObjectionsQuery,
    PrivacyQuery,
)
MUTATIONS: tuple[type, ...] = (
    IdentityMutation,
    MethodsMutation,
    PeopleMutation,
    MandatesMutation,
    CalendarMutation,
    NoticesMutation,
    ItemsMutation,
    MaterialsMutation,
    CasesMutation,
    DeskMutation,
    TripsMutation,
    CatalogMutation,
    TeamKeysMutation,
    ReviewMutation,
    ShelfEditingMutation,
    VoicesMutation,
    StoresMutation,
    DefectsMutation,
    ReleaseMutation,
    OwnAppMutation,
    AgreementsMutation,
    WebhooksMutation,
    UpstreamsMutation,
    QuotasMutation,
    SecurityMutation,
    ObjectionsMutation,
    PrivacyMutation,
)


class HideBugs(MaskErrors):
    """Keeps what went wrong inside from the client, whoever runs the schema."""

    def __init__(self) -> None:
        super().__init__(should_mask_error=is_bug)

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        """Replace a bug by its public face."""
        return hidden(error)


class Ready(SchemaExtension):
    """Runs the document that `api.graphql.operations` has parsed and validated already."""

    def on_parse(self) -> Iterator[None]:
        """Hand over the parsed document."""
        operation = self.execution_context.context.operation
        if operation is not None:
            self.execution_context.graphql_document = operation.document
        yield

    def on_validate(self) -> Iterator[None]:
        """Say that there is nothing left to validate."""
        if self.execution_context.context.operation is not None:
            self.execution_context.pre_execution_errors = []
        yield


class Schema(strawberry.Schema):
    """Strawberry's schema, which would log every refusal with a traceback."""

    _second = 0
    _told = 0

    @property
    def core(self) -> GraphQLSchema:
        """graphql-core's schema below: for validating and pricing documents."""
        return self._schema

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Log bugs only: a refusal needs no engineer."""
        for error in filter(is_bug, errors):
            cause = error.original_error
            if self._may_tell():
                log.error("graphql.bug", path=error.path, exc_info=cause)
            else:
                log.error("graphql.bug", path=error.path, error=type(cause).__name__)

    def _may_tell(self) -> bool:
        """Say whether a bug is told with its traceback.

        Of a hundred in one second ten are: writing them all would keep a process from answering just
        when its database comes back.
        """
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._told = second, 0
        self._told += 1
        return self._told <= TRACEBACKS_PER_S

    def faces(self, errors: list[GraphQLError]) -> list[GraphQLError]:
        """Return errors as a client may know them, for executors that run beside Strawberry's own."""
        return [hidden(error) if is_bug(error) else error for error in errors]


class Names(NameConverter):
    """Strawberry's names; it would spell each argument anew in each request."""

    def __init__(self) -> None:
        super().__init__()
        self._spelt = cache(super().apply_naming_config)

    def apply_naming_config(self, name: str) -> str:
        """Return a name as the wire has it."""
        return self._spelt(name)


def build() -> Schema:
    """Return the schema of everything the server offers."""
    return Schema(
        query=merge_types("Query", QUERIES),
        mutation=merge_types("Mutation", MUTATIONS) if MUTATIONS else None,
        extensions=[HideBugs, Ready],
        config=StrawberryConfig(name_converter=Names()),
    )

"""All slices' fields in one schema; refusals answered, bugs hidden and logged.

A slice adds its line to QUERIES and MUTATIONS.
"""

import strawberry
from strawberry.tools import merge_types

from api.context import Info


@strawberry.type
class ServerQuery:
    """What the server says about itself."""

    @strawberry.field(description="The id of this request, as it stands in the logs.")
    def request_id(self, info: Info) -> str:
        return info.context.request_id


QUERIES: tuple[type, ...] = (ServerQuery,)
MUTATIONS: tuple[type, ...] = ()


def build() -> strawberry.Schema:
    return strawberry.Schema(
        query=merge_types("Query", QUERIES),
        mutation=merge_types("Mutation", MUTATIONS) if MUTATIONS else None,
    )

"""The coarse lock: which scope a root field needs.  The fine lock is each slice's `visible_to`."""

from collections.abc import Awaitable, Callable
from typing import Any

from strawberry.extensions import FieldExtension
from strawberry.types.field import StrawberryField

from api.context import Info
from banshi.errors import NotSignedIn, ScopeMissing
from banshi.scopes import Scope
from identity.actor import ANONYMOUS


class Needs(FieldExtension):
    """Refuses a field to actors without its scope, before the resolver runs."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def apply(self, field: StrawberryField) -> None:
        """Write the scope into the field's description, so that the schema documents it."""
        note = f"Needs scope `{self.scope}`."
        if note not in (field.description or ""):  # a type may be put into a second schema
            field.description = "\n\n".join(filter(None, [field.description, note]))

    def check(self, info: Info) -> None:
        """Raise NotSignedIn for a visitor, ScopeMissing for anybody else without the scope."""
        actor = info.context.actor
        if actor.may(self.scope):
            return
        raise NotSignedIn() if actor is ANONYMOUS else ScopeMissing(scope=self.scope)

    def resolve(self, next_: Callable[..., Any], source: Any, info: Info, **kwargs: Any) -> Any:
        """Guard a plain resolver."""
        self.check(info)
        return next_(source, info, **kwargs)

    async def resolve_async(
        self, next_: Callable[..., Awaitable[Any]], source: Any, info: Info, **kwargs: Any
    ) -> Any:
        """Guard an `async` resolver."""
        self.check(info)
        return await next_(source, info, **kwargs)


def needs(scope: Scope) -> Needs:
    """Lock a field: `@strawberry.field(extensions=[needs(Scope.CASES_READ)])`."""
    return Needs(scope)

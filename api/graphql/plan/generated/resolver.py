"""How a resolver is asked: the Python function itself where nothing stands between, else the field."""

from collections.abc import Callable
from typing import Any

from graphql import is_leaf_type, is_non_null_type
from strawberry import Schema
from strawberry.relay import GlobalID
from strawberry.types.arguments import convert_arguments
from strawberry.types.base import StrawberryMaybe, StrawberryOptional
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver
from strawberry.types.lazy_type import LazyType

from api.graphql.plan.generated.info import Places, Request, ResolveInfo
from api.graphql.plan.generated.inputs import Arguments, unchanging
from api.graphql.plan.select import Chosen

Batch = Callable[[list[Any], Any], Any]  # (objects, context) → awaitable of a value or exception for each
Ask = Callable[[Any, Places, int], Any]  # (object, where it stands: place and number) → value or awaitable


def batch_of(field: StrawberryField) -> Batch | None:
    """Return what answers `field` for a whole level, where it is declared: in its metadata, as "batch"."""
    if field.extensions or field.arguments:
        return None
    found: Batch | None = field.metadata.get("batch")
    return found


class Resolver:
    """Asks one field of one operation."""

    def __init__(self, schema: Schema, chosen: Chosen, field: StrawberryField) -> None:
        self.chosen = chosen
        self.field = field
        self.batch = batch_of(field)
        self.is_async = field.is_async or any(not each.supports_sync for each in field.extensions)
        self.arguments = Arguments(chosen.field, chosen.nodes[0])
        self.head = (chosen.name, list(chosen.nodes), chosen.field.type, chosen.parent)
        self.direct = _direct(field)
        self.names = _names(chosen, field, schema)
        self.takes_info = field.base_resolver is not None and field.base_resolver.info_parameter is not None

    def bind(self, request: Request) -> Ask:
        """Return the function that asks it in this request.

        Raises:
            GraphQLError: an argument is missing or wrong.
        """
        given = self.arguments.read(request.variables)
        is_shared = all(map(unchanging, given.values()))
        if self.direct is None:
            return self._through_field(request, given if is_shared else None)
        if is_shared and self.names is not None:
            renamed = {python: given[name] for name, python in self.names if name in given}
            return self._straight(request, self.direct, renamed)
        return self._converted(request, self.direct)

    def _through_field(self, request: Request, shared: dict[str, Any] | None) -> Ask:
        resolve, head, tail, key = self.chosen.field.resolve, self.head, request.tail, self.chosen.key
        assert resolve is not None, "Strawberry gives each field a resolver"

        def ask(source: Any, places: Places, index: int) -> Any:
            given = self.arguments.read(request.variables) if shared is None else shared
            return resolve(source, ResolveInfo._make((*head, (places, index, key), *tail)), **given)

        return ask

    def _straight(self, request: Request, direct: Callable[..., Any], given: dict[str, Any]) -> Ask:
        if not self.takes_info:
            return lambda source, places, index: direct(source, None, given)
        head, tail, key, field = self.head, request.tail, self.chosen.key, self.field
        info_class, make = request.schema.config.info_class, ResolveInfo._make
        return lambda source, places, index: direct(
            source, info_class(make((*head, (places, index, key), *tail)), field), given
        )

    def _converted(self, request: Request, direct: Callable[..., Any]) -> Ask:
        """Convert the arguments for each object anew: what they hold can be changed."""
        schema, head, tail, key = request.schema, self.head, request.tail, self.chosen.key

        def ask(source: Any, places: Places, index: int) -> Any:
            raw = ResolveInfo._make((*head, (places, index, key), *tail))
            info = schema.config.info_class(raw, self.field)
            given = self.arguments.read(request.variables)
            converted = convert_arguments(
                given, self.field.arguments, schema.schema_converter.scalar_registry, schema.config, info
            )
            return direct(source, info, converted)

        return ask


def _direct(field: StrawberryField) -> Callable[..., Any] | None:
    """Return `(object, info, arguments) -> result` around the Python function; None: others have a say."""
    resolver = field.base_resolver
    if field.extensions or resolver is None or type(field).get_result is not StrawberryField.get_result:
        return None
    if type(resolver).__call__ is not StrawberryResolver.__call__ or not callable(resolver.wrapped_func):
        return None
    given = ["o"] if resolver.self_parameter else []
    named = ((resolver.parent_parameter, "o"), (resolver.root_parameter, "o"), (resolver.info_parameter, "i"))
    given += [f"{parameter.name}={value}" for parameter, value in named if parameter]
    if field.arguments:
        given.append("**k")
    made: Callable[..., Any] = eval(f"lambda o, i, k: f({', '.join(given)})", {"f": resolver.wrapped_func})  # noqa: S307
    return made


def _names(chosen: Chosen, field: StrawberryField, schema: Schema) -> list[tuple[str, str]] | None:
    """Return the arguments' names on the wire and in Python; None: a value is converted in between."""
    found = []
    for argument in field.arguments:
        name = schema.config.name_converter.from_argument(argument)
        if not _goes_as_it_is(chosen.field.args[name].type, argument.type):
            return None
        found.append((name, argument.python_name))
    return found


def _goes_as_it_is(kind: Any, python: Any) -> bool:
    bare = python.of_type if type(python) is StrawberryOptional else python
    if isinstance(bare, StrawberryMaybe | LazyType) or bare is GlobalID:
        return False
    return is_leaf_type(kind.of_type if is_non_null_type(kind) else kind)

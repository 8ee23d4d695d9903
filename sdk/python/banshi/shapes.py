"""Checking a value against a JSON Schema that a stranger wrote, within bounds.

The schemas of a manifest are their developer's.  So nothing is fetched for them, no regular expression of
theirs runs, and the work is counted: `pattern`, `patternProperties`, `format` and `uniqueItems` are for the
back end to look at, which reads the value into its own types anyway.
"""

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError
from referencing import Registry

from banshi._quick import quick
from banshi.errors import DomainError, InvalidInput

MOST_STEPS = 10_000  # keywords looked at for one value; less than 50 ms
UNTRIED = ("pattern", "patternProperties", "format", "uniqueItems", "$dynamicRef", "unevaluatedItems",
           "unevaluatedProperties")  # fmt: skip
PROBLEM_CHARACTERS = 200

_left: ContextVar[int] = ContextVar("left")

Keyword = Callable[[Any, Any, Any, Any], Iterator[ValidationError] | None]


class SchemaUnfit(DomainError):
    """The schema in the manifest cannot be used: it refers to what is not there, or to itself without end."""

    code = "SCHEMA_UNFIT"
    status = 500
    text = "The schema of {what} cannot be used."


class _TooMuch(Exception):
    """The work is more than is done for one value."""


def _counted(keyword: Keyword) -> Keyword:
    def checked(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        left = _left.get()
        if left <= 0:
            raise _TooMuch
        _left.set(left - 1)
        yield from keyword(validator, value, instance, schema) or ()

    return checked


def _without_others(validator: Any, allowed: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """`additionalProperties` without the regular expressions of `patternProperties` beside it.

    A field that might be one of those is left to the back end, as what they say of it is.
    """
    if not isinstance(instance, dict) or "patternProperties" in schema:
        return
    for name in instance.keys() - schema.get("properties", {}).keys():
        if allowed is False:
            yield ValidationError("there are others")
            return
        yield from validator.descend(instance[name], allowed, path=name)


_Bounded: Any = validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {
        name: _counted(keyword)
        for name, keyword in Draft202012Validator.VALIDATORS.items()
        if name not in UNTRIED
    }
    | {"additionalProperties": _counted(_without_others)}
    | {name: lambda validator, value, instance, schema: None for name in UNTRIED},
)


def _bound(schema: Any) -> Any:
    """Return the schema without `$schema`: for a part that names a dialect jsonschema leaves our bounds."""
    if isinstance(schema, dict):
        parts = schema.items()
        return {name: _bound(part) for name, part in parts if name != "$schema" or not isinstance(part, str)}
    return [_bound(part) for part in schema] if isinstance(schema, list) else schema


class Shape:
    """One schema, ready to check values."""

    def __init__(self, schema: dict[str, Any], *, what: str) -> None:
        self.what = what
        bound = _bound(schema)
        self._quick = quick(bound)
        self._validator = _Bounded(bound, registry=Registry()) if schema else None

    def check(self, value: Any, *, field: str = "body") -> None:
        """Check `value` as `msgspec.json.decode` gives it.

        Raises: InvalidInput with the place of the first fault, below `field`; SchemaUnfit.
        """
        if self._validator is None or (self._quick is not None and self._quick(value)):
            return
        token = _left.set(MOST_STEPS)
        try:
            fault = next(self._validator.iter_errors(value), None)
        except _TooMuch:
            raise InvalidInput(field=field, problem="it is too large to be checked") from None
        except Exception:  # whatever a stranger's schema leads to
            raise SchemaUnfit(what=self.what) from None
        finally:
            _left.reset(token)
        if fault is not None:
            raise InvalidInput(field=_place(field, fault), problem=_problem(fault))


def _place(field: str, fault: ValidationError) -> str:
    return ".".join([field, *(str(part) for part in fault.absolute_path)])


def _problem(fault: Any) -> str:
    """Return what was expected; never the value itself, which may be a citizen's."""
    if fault.validator == "required":
        missing = [name for name in list(fault.validator_value) if name not in fault.instance]
        return f"{', '.join(missing)} missing"[:PROBLEM_CHARACTERS]
    if fault.validator == "additionalProperties":
        return "there are fields that the API does not know"
    return f"expected {fault.validator} {fault.validator_value!s}"[:PROBLEM_CHARACTERS]

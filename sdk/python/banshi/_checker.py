"""What holds a manifest against its schema: as JSON Schema means it, in time that grows as the text does."""

import re
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """Match as JSON Schema means it: to Python, `$` is also before a last line break."""
    if isinstance(instance, str) and ("\n" in instance or not re.search(pattern, instance)):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _unique(validator: Any, asked: bool, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """Find doubles at once: jsonschema holds each entry against each when they are of several kinds."""
    if asked and isinstance(instance, list) and len({repr(each) for each in instance}) < len(instance):
        yield ValidationError("each entry once")


Checker: Any = validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {"pattern": _pattern, "uniqueItems": _unique}
)

"""Refusals of the items slice."""

from collections.abc import Sequence
from typing import Any, Protocol

from banshi.errors import DomainError


class _Finding(Protocol):
    def line(self, file: str) -> str: ...


class ItemNotFound(DomainError):
    """No item with this code is published, or no version has this id."""

    code = "ITEM_NOT_FOUND"
    status = 404
    text = "There is no published item {code}."


class ItemTextInvalid(DomainError):
    """The text does not compile; `problems` lists every fault as `file:line:column: error[rule] …`."""

    code = "ITEM_TEXT_INVALID"
    status = 422
    text = "The item text has {errors} error(s)."

    def __init__(self, findings: Sequence[_Finding], *, file: str = "text") -> None:
        super().__init__(errors=len(findings))
        self.problems = [finding.line(file) for finding in findings]

    @property
    def extensions(self) -> dict[str, Any]:
        """`{code, data, problems}`."""
        return {**super().extensions, "problems": self.problems}


class ItemOwnPublication(DomainError):
    """Who wrote a version cannot put it in force (三权分立): somebody else must."""

    code = "ITEM_OWN_PUBLICATION"
    status = 403
    text = "Version {version} was defined by yourself; somebody else must publish it."


class ItemVersionNotDraft(DomainError):
    """Only a draft can be published: a superseded or withdrawn text is defined anew."""

    code = "ITEM_VERSION_NOT_DRAFT"
    text = "Version {version} is {state}; define its text again to publish it."

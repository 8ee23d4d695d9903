"""Refusals of the items slice."""

from banshi.errors import DomainError


class ItemNotFound(DomainError):
    """No item with this code is published."""

    code = "ITEM_NOT_FOUND"
    status = 404
    text = "There is no published item {code}."

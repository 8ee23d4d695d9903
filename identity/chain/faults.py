"""Faults: in what ways a log may turn out to have been tampered with."""

from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """What was found at one place of the chain."""

    EDIT = "edit"  # a row says something else than when it was sealed
    DELETION = "deletion"  # a row, or its link, is gone
    INSERTION = "insertion"  # a row without a link that must have one, or a link slipped in
    ORDER = "order"  # links do not follow one another here: moved, taken out or slipped in, and renumbered
    REWRITE = "rewrite"  # the chain is whole, but not the one whose head was signed
    TRUNCATION = "truncation"  # the chain ends before a head that was signed
    HEAD = "head"  # a signed head is missing, swapped, changed or not ours
    CLOCK = "clock"  # the clock was turned back


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong, and where."""

    kind: Kind
    seq: int  # number of the link; of a fault of heads: how many links the head spoke of
    row: str | None = None  # id of the audit row, where there is one
    head: int | None = None  # number of the head
    detail: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found; `faults` begins with the first bad row."""

    clean: bool
    rows: int  # links that were walked
    heads: int
    signed_rows: int  # how many of the rows a head in the second place answers for
    unsealed: int  # rows too young to have a link
    seconds: float
    faults: list[Fault]

"""Opening what is sealed, for its owner: one function for each column that holds words of his."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from identity import objections
from identity.objections import Objection
from miniapps.cases import service as cases
from miniapps.cases.tables import Case
from miniapps.materials import service as materials
from miniapps.stores import queries as stores
from miniapps.stores.tables import StoredValue
from miniapps.trips import queries as trips
from miniapps.trips import service as trips_
from miniapps.trips.tables import TripAnswer, Visit

Row = dict[str, Any]
Opener = Callable[[Row], Awaitable[Any]]


async def _content(row: Row) -> Any:
    return msgspec.to_builtins(await cases.open_content(Case(**row, _exists_in_db=True)))


async def _facts(row: Row) -> Any:
    sealed = materials.Sealed(id=row["id"], party_id=row["party_id"], facts=row["facts"])
    return (await materials.facts_of([sealed]))[0]


async def _place(row: Row) -> Any:
    return (await trips.seen(Visit(**row, _exists_in_db=True))).place


async def _remark(row: Row) -> Any:
    return await trips_.remark_of(TripAnswer(**row, _exists_in_db=True))


async def _objection(row: Row) -> Any:
    opened = await objections.opened(Objection(**row, _exists_in_db=True))
    return {"reason": opened.reason, "answer": opened.answer}


async def _kept(row: Row) -> Any:
    return msgspec.json.decode(await stores.opened(StoredValue(**row, _exists_in_db=True)))


OPENERS: Mapping[tuple[str, str], Opener] = {
    ("case_file", "content"): _content,
    ("certificate", "facts"): _facts,
    ("app_value", "value"): _kept,
    ("visit", "place_words"): _place,
    ("trip_answer", "remark"): _remark,
    ("access_objection", "reason"): _objection,
}
NOT_WORDS: Mapping[str, frozenset[str]] = {
    "access_objection": frozenset({"answer"}),  # opened together with the reason
    "data_export": frozenset({"key"}),
    "known_device": frozenset({"word_mac"}),
    "material_upload": frozenset({"fingerprint"}),
    "network_identity": frozenset({"pseudonym_blind"}),
    "oidc_grant": frozenset({"code_hash"}),
    "passkey": frozenset({"credential_id", "public_key"}),
    "session": frozenset({"token_hash"}),
    "vault_object": frozenset({"fingerprint", "citizen_key", "archive_key"}),
    "visit": frozenset({"door"}),  # a blind index of the place
}
"""Columns of bytes that say nothing to a person: keys, hashes and blind indexes."""


async def opened(table: str, row: Row) -> Row:
    """Return the row as its owner may read it: plain columns, and what was sealed opened.

    Raises: PartyErased.
    """
    plain = {name: value for name, value in row.items() if not isinstance(value, bytes)}
    for (of, column), opener in OPENERS.items():
        if of == table and row[column] is not None:
            plain[column] = await opener(row)
    return plain

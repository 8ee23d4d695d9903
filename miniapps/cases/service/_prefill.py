"""What the form of an item begins with: facts of who is signed in, so that he need not type them."""

from collections.abc import Mapping
from datetime import date, datetime

from banshi.errors import DomainError
from identity import numbers, people, regions
from identity.actor import Actor
from identity.numbers import Sex
from identity.people import Own
from miniapps.items.rules import Answer, CompiledItem
from storage.clock import local_date

NUMBER_LEVEL = 3  # as of the claim `idcard.number`: the number, and what can be read from it
SEXES = {Sex.MALE: "男", Sex.FEMALE: "女"}


async def prefilled(actor: Actor, item: CompiledItem, *, now: datetime) -> dict[str, Answer]:
    """Return values for those fields of the form that a fact of the actor fills, by the field's id.

    Nothing for a mini-app, which is told facts by consent alone, nor while acting for somebody else.
    Raises: PartyErased.
    """
    fields = {field.id: field.prefill for field in item.fields if field.prefill}
    if not fields or actor.app_id is not None or actor.acting_for != actor.person_id:
        return {}
    facts = _facts(actor, await people.own(actor.person_id), today=local_date(now))
    return {id_: facts[fact] for id_, fact in fields.items() if facts.get(fact)}


def _facts(actor: Actor, own: Own, *, today: date) -> Mapping[str, str]:
    known = {"name": own.name, "phone": own.phone or "", "region": regions.full_name(actor.region)}
    if own.number is None:  # a pseudonym: its name is none
        return {"region": known["region"]}
    return known if actor.level < NUMBER_LEVEL else {**known, **_on_the_card(own.number, today=today)}


def _on_the_card(number: str, *, today: date) -> Mapping[str, str]:
    try:
        found = numbers.describe(number, today=today)
    except DomainError:
        return {"id_number": number}
    return {
        "id_number": number,
        "birth_date": found.birthday.isoformat() if found.birthday else "",
        "sex": SEXES[found.sex] if found.sex else "",
    }

"""The fine lock as data: which rows an actor may see.

A rule is an OR of ANDs of terms.  It is rendered as a Piccolo `where` for one actor, and as SQL over
many who ask at once, or over the one who asks in a statement of one's own; so a rule holds columns and
attribute names, no code.
"""

from dataclasses import dataclass
from functools import reduce
from typing import Literal

from piccolo.columns import Column
from piccolo.columns.combination import And, Or, WhereRaw
from piccolo.custom_types import Combinable

from identity.actor import Actor
from identity.roles import Role

Attribute = Literal["person_id", "acting_for", "app_id", "region"]


@dataclass(frozen=True)
class Same:
    """The row's column equals the actor's attribute."""

    column: Column
    attribute: Attribute


@dataclass(frozen=True)
class Is:
    """The row's column holds this constant, whoever asks (e.g. `state = 'published'`)."""

    column: Column
    value: str | bool


@dataclass(frozen=True)
class Holds:
    """The actor holds this role."""

    role: Role


Term = Same | Is | Holds
Visibility = tuple[tuple[Term, ...], ...]

NOTHING = WhereRaw("false")
EVERYTHING = WhereRaw("true")


def where(rule: Visibility, actor: Actor) -> Combinable:
    """Render `rule` for one actor.  Workers (`Role.SERVICE`) see every row."""
    if actor.is_a(Role.SERVICE):
        return EVERYTHING
    branches = [branch for terms in rule if (branch := _branch(terms, actor)) is not None]
    return reduce(Or, branches) if branches else NOTHING


def _branch(terms: tuple[Term, ...], actor: Actor) -> Combinable | None:
    """Return the AND of the terms about the row; None when a term about the actor fails."""
    if any(isinstance(term, Holds) and not actor.is_a(term.role) for term in terms):
        return None
    about_row = [_compare(term, actor) for term in terms if not isinstance(term, Holds)]
    return reduce(And, about_row) if about_row else EVERYTHING


def _compare(term: Same | Is, actor: Actor) -> Combinable:
    if isinstance(term, Is):
        return term.column == term.value
    attribute: object = getattr(actor, term.attribute)
    return term.column == attribute


def as_sql(rule: Visibility, role: Role) -> str:
    """Render `rule` for everybody who acts in `role` alone, as a template of `api.graphql.plan`.

    `{t}` is the row, `{v.acting_for}` and the like what is known of who asks.
    """
    return _template(rule, frozenset({role}))


def for_asks(rule: Visibility, roles: frozenset[Role], *, row: str) -> str:
    """Render `rule` as a condition on `row` for whoever holds exactly `roles`.

    The statement says who asks by an item of FROM, e.g. `(SELECT $1::uuid AS acting_for) AS asks`, with the
    attributes that the rule compares.  Workers (`Role.SERVICE`) see every row.
    """
    return "true" if Role.SERVICE in roles else f"({_template(rule, roles).format(t=row, v=_Asks())})"


class _Asks:
    """Stands for who asks while a template is filled in."""

    def __getattr__(self, attribute: str) -> str:
        return f"asks.{attribute}"


def _template(rule: Visibility, roles: frozenset[Role]) -> str:
    branches = [" AND ".join(_terms(terms)) for terms in rule if _may_hold(terms, roles)]
    return " OR ".join(f"({branch})" for branch in branches) or "false"


def _may_hold(terms: tuple[Term, ...], roles: frozenset[Role]) -> bool:
    return all(term.role in roles for term in terms if isinstance(term, Holds))


def _terms(terms: tuple[Term, ...]) -> list[str]:
    about_row = [_term(term) for term in terms if not isinstance(term, Holds)]
    return about_row or ["true"]


def _term(term: Same | Is) -> str:
    column = "{t}." + term.column._meta.db_column_name
    if isinstance(term, Same):
        return f"{column} = {{v.{term.attribute}}}"
    if isinstance(term.value, bool):
        return column if term.value else f"NOT {column}"
    words = str(term.value).replace("'", "''").replace("{", "{{").replace("}", "}}")
    return f"{column} = '{words}'"

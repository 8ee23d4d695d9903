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

Attribute = Literal["person_id", "acting_for", "app_id", "region", "codes"]


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


@dataclass(frozen=True)
class Among:
    """The row's column is one of the items the actor's mandate is for; true for whoever has no such list."""

    column: Column


@dataclass(frozen=True)
class Whole:
    """The actor's right is not narrowed to some items."""


@dataclass(frozen=True)
class Narrowed:
    """The actor's right is narrowed to some items."""


AboutActor = Holds | Whole | Narrowed
AboutRow = Same | Is | Among
Term = AboutRow | AboutActor
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
    if not _may_hold(terms, actor.roles, narrowed=actor.codes is not None):
        return None
    about_row = [_compare(term, actor) for term in terms if isinstance(term, AboutRow)]
    return reduce(And, about_row) if about_row else EVERYTHING


def _compare(term: AboutRow, actor: Actor) -> Combinable:
    if isinstance(term, Is):
        return term.column == term.value
    if isinstance(term, Among):
        codes = actor.codes
        return EVERYTHING if codes is None else WhereRaw("{} = ANY({})", term.column, sorted(codes))
    attribute: object = getattr(actor, term.attribute)
    return term.column == attribute


def as_sql(rule: Visibility, role: Role) -> str:
    """Render `rule` for everybody who acts in `role` for himself, as a template of `api.graphql.plan`.

    Whoever acts by a mandate goes the ways that ask `where`: nobody here is narrowed to some items.
    `{t}` is the row, `{v.acting_for}` and the like what is known of who asks.
    """
    return _template(rule, frozenset({role}), narrowed=False)


def for_asks(rule: Visibility, roles: frozenset[Role], *, row: str, narrowed: bool = False) -> str:
    """Render `rule` as a condition on `row` for whoever holds exactly `roles`.

    The statement says who asks by an item of FROM, e.g. `(SELECT $1::uuid AS acting_for) AS asks`, with the
    attributes that the rule compares; `narrowed` for whoever acts by a mandate for some items, which it then
    names as `codes`.  Workers (`Role.SERVICE`) see every row.
    """
    if Role.SERVICE in roles:
        return "true"
    return f"({_template(rule, roles, narrowed=narrowed).format(t=row, v=_Asks())})"


class _Asks:
    """Stands for who asks while a template is filled in."""

    def __getattr__(self, attribute: str) -> str:
        return f"asks.{attribute}"


def _template(rule: Visibility, roles: frozenset[Role], *, narrowed: bool) -> str:
    held = [terms for terms in rule if _may_hold(terms, roles, narrowed=narrowed)]
    branches = [_terms(terms, narrowed=narrowed) for terms in held]
    return " OR ".join(f"({branch})" for branch in branches) or "false"


def _may_hold(terms: tuple[Term, ...], roles: frozenset[Role], *, narrowed: bool) -> bool:
    """Say whether all that the terms want of the actor is so."""
    return all(
        term.role in roles if isinstance(term, Holds) else isinstance(term, Narrowed) is narrowed
        for term in terms
        if isinstance(term, AboutActor)
    )


def _terms(terms: tuple[Term, ...], *, narrowed: bool) -> str:
    about_row = [_term(term) for term in terms if isinstance(term, Same | Is)]
    if narrowed:
        about_row += [_term(Same(term.column, "codes")) for term in terms if isinstance(term, Among)]
    return " AND ".join(about_row) or "true"


def _term(term: Same | Is) -> str:
    column = "{t}." + term.column._meta.db_column_name
    if isinstance(term, Same):
        asked = f"{{v.{term.attribute}}}"
        return f"{column} = ANY({asked})" if term.attribute == "codes" else f"{column} = {asked}"
    if isinstance(term.value, bool):
        return column if term.value else f"NOT {column}"
    words = str(term.value).replace("'", "''").replace("{", "{{").replace("}", "}}")
    return f"{column} = '{words}'"

"""Values for arguments: what the world holds, what it does not, and what no argument should be."""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
)

from api.graphql.pages import cursor
from tests.api.parity.rows_apps import CATEGORIES
from tests.api.parity.values import day, moment, text, uuid
from tests.api.parity.world import World

LISTS = {  # root field -> the list of its cursors, and whose rows they stand for
    "cases": ("cases", "case_file"), "notices": ("notices", "notice"), "materials": ("materials", "material"),
    "certificates": ("certificates", "certificate"), "materialUses": ("material uses", "material_use"),
    "accesses": ("accesses", "audit_row"), "sessions": ("sessions", "session"),
    "verdicts": ("verdicts", "trip_verdict"), "visits": ("visits", "visit"), "miniApps": ("apps", "mini_app"),
    "deskCases": ("desk", "case_file"), "agreements": ("agreements", "mini_app_signature"),
    "appComments": ("comments", "app_rating"), "commentsToRead": ("waiting", "app_rating"),
    "miniAppProblems": ("problems", "app_problem"), "miniAppReleaseSteps": ("steps", "release_step"),
    "shelfEditions": ("shelf editions", "shelf_edition"), "staffPosts": ("staffPosts", "staff_post"),
    "webhookDeliveries": ("webhookDeliveries", "webhook_delivery"), "auditLog": ("auditLog", "audit_row"),
}  # fmt: skip
SIZES = (1, 1, 2, 2, 3, 3, 5, 5, 7, 10, 20, 20, 50, 100, 0, 101, 2**31 - 1)
MADE: dict[str, Callable[[Random], date]] = {"DateTime": moment, "Date": day}
BARE = {  # root field -> the list of its cursors, of which the world has no rows: any id is a place in it
    "appComplaints": "complaints", "myComplaints": "my complaints", "appDefects": "defects",
    "appTesters": "testers", "dataExports": "dataExports", "dataQuestions": "dataQuestions",
    "levelChanges": "levelChanges", "mandates": "mandates", "nods": "nods", "objections": "objections",
    "reviewQueue": "reviews", "storedKeys": "storedKeys", "switches": "switches",
}  # fmt: skip
RANKED = {  # root field -> the list of its cursors, which say how many came before
    "items": "items", "findItems": "found items", "findApps": "found apps", "shelfApps": "shelf apps",
    "shelfPreviewApps": "preview apps",
}  # fmt: skip
INTS = {"year": (2026, 2027, 1, 10_000), "level": (0, 1, 2, 3, 3, 3, 4)}
WRONG: tuple[Any, ...] = (None, "", "x", -1, 1.5, True, [], {}, "2026-13-01", 2**31, ["a", None], {"id": 1})

Drawn = Any


class Arguments:
    """Draws arguments by name and type; `owners` collects whose rows were named."""

    def __init__(self, world: World, dice: Random) -> None:
        self.world = world
        self.dice = dice
        self.owners: list[UUID] = []
        self.cursors = {
            field: [cursor(str(place), of=of) for place in dice.choices(world.ids(table), k=5)]
            for field, (of, table) in (LISTS | {name: (of, "case_file") for name, of in BARE.items()}).items()
        }
        self.cursors |= {
            field: [cursor(place, of=of) for place in ("s1", "s2", "s5", "l1", "s1000")]
            for field, of in RANKED.items()
        }
        self.known: dict[str, list[Any]] = {
            "caseId": world.ids("case_file"),
            "materialVersionId": world.ids("material_version"),
            "code": [*world.values("item", "code"), "000000000000"],
            "region": ["330106", "330100", "330000", "330106001", "x", "330203"],
            "lifeEvent": ["birth", "retire", "unheard"],
            "search": ["3312", "汉字", "zufang", "养老", "a", "", " ", "%"],
            "category": list(CATEGORIES),
            "hostVersion": ["1.0", "3.1", "9.9"],
            "appId": [*world.values("mini_app", "app_id"), "no-such-app"],
            "number": world.values("case_file", "number"),
        }

    def draw(self, field: str, name: str, kind: GraphQLInputType) -> Drawn:
        """Return a value of the type `kind`, as JSON would bring it."""
        if isinstance(kind, GraphQLNonNull):
            return self._value(field, name, kind.of_type)
        return None if self.dice.random() < 0.4 else self._value(field, name, kind)

    def wrong(self) -> Any:
        """Return something that most arguments refuse."""
        return self.dice.choice(WRONG)

    def _value(self, field: str, name: str, kind: Any) -> Any:
        dice = self.dice
        if isinstance(kind, GraphQLList):
            return [self.draw(field, name, kind.of_type) for _ in range(dice.randrange(3))]
        if isinstance(kind, GraphQLEnumType):
            return dice.choice(list(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            return self._object(kind)
        if kind.name == "UUID":
            return str(self._id(field, name))
        if kind.name == "Int":
            return dice.choice(INTS.get(name, SIZES))
        if kind.name == "Boolean":
            return dice.random() < 0.5
        if kind.name in MADE and dice.random() < 0.9:
            return MADE[kind.name](dice).isoformat()
        return self._string(field, name)

    def _string(self, field: str, name: str) -> str:
        dice = self.dice
        if name == "after" and (field not in self.cursors or dice.random() < 0.2):
            return dice.choice((dice.choice(self.cursors["cases"]), "", "x", text(dice, 40)))
        if name == "after":
            return dice.choice(self.cursors[field])
        known = self.known.get(name)
        return text(dice, 40) if known is None or dice.random() < 0.05 else dice.choice(known)

    def _id(self, field: str, name: str) -> UUID:
        dice, world = self.dice, self.world
        if dice.random() < 0.08:
            return uuid(dice)
        of_field = {"upload": "material_upload", "deskCertificate": "certificate"}
        found: UUID = dice.choice(self.known.get(name) or world.ids(of_field.get(field, "case_file")))
        if found in world.owners:
            self.owners.append(world.owners[found])
        return found

    def _object(self, kind: GraphQLInputObjectType) -> dict[str, Any]:
        dice = self.dice
        if kind.name == "Answer":
            return {
                "id": dice.choice(("marital", "address", "other")),
                "text": dice.choice(("未婚", "已婚", "x")),
            }
        return {name: self.draw("", name, each.type) for name, each in kind.fields.items()}


def literal(value: Any, kind: Any) -> str:
    """Return a value of a type as it is written in a document."""
    if isinstance(kind, GraphQLNonNull):
        return literal(value, kind.of_type)
    if value is None:
        return "null"
    if isinstance(kind, GraphQLList):
        return "[" + ", ".join(literal(each, kind.of_type) for each in value) + "]"
    if isinstance(kind, GraphQLInputObjectType):
        fields = (f"{name}: {literal(each, kind.fields[name].type)}" for name, each in value.items())
        return "{" + ", ".join(fields) + "}"
    if isinstance(kind, GraphQLEnumType):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else _quoted(str(value))


def _quoted(value: str) -> str:
    written = "".join(
        f"\\u{ord(each):04x}" if ord(each) < 32 or each in '"\\' or ord(each) == 127 else each
        for each in value
    )
    return f'"{written}"'

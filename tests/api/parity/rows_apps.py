"""Random rows around mini-apps: the shelf they stand on, how they are released, called, told and counted."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec

from miniapps.catalog.rules import Environment, Side
from miniapps.catalog.service.credentials import client_id
from miniapps.insight.rules.counting import CLASSES
from miniapps.insight.rules.limits import KEYS
from miniapps.items.rules import Words, document
from miniapps.release.rules.rising import Stage
from miniapps.release.rules.steps import StepKind
from miniapps.shelf.rules import AgeGroup, Area, Category, Front, LifeEvent, Slot
from miniapps.webhooks.rules import DeliveryState, Off, Try
from tests.api.parity.rows import Row
from tests.api.parity.values import NOON, maybe, moment, text, uuid

CATEGORIES = ("insurance", "pension", "housing")
EVENTS = ("birth", "retire")
REGIONS = (["330000"], ["330106"], ["330100", "330203"])
BEGAN, ENDS = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


def found_by(dice: Random, name: str, code: str) -> str:
    """Return the document of a name, as a worker makes it."""
    tokens = tuple(dice.sample(("汉字", "zufang", "a", "养老"), 2))
    return document(name, (code.replace("-", " "),), code if code.isdecimal() else "", Words((), tokens))


def shelf(dice: Random, apps: list[Row]) -> dict[str, list[Row]]:
    """Return the edition in force and where mini-apps stand in it."""
    names = [row["app_id"] for row in apps]
    front = Front(
        tuple(Category(code, text(dice, 20), place) for place, code in enumerate(CATEGORIES)),
        tuple(LifeEvent(code, text(dice, 20), place, (code,)) for place, code in enumerate(EVENTS)),
        tuple(
            Slot(f"slot-{place}", dice.choice(names), dice.choice(list(Area)), place, "330000", BEGAN, ENDS)
            for place in range(1, 9)
        ),
        (("汉字", "a", "养老"),),
    )
    edition = {
        "id": uuid(dice), "number": 1, "front": msgspec.to_builtins(front), "placings": [],
        "note": text(dice, 200), "published_by": uuid(dice), "published_at": BEGAN, "key": "1",
    }  # fmt: skip
    return {
        "shelf_edition": [edition],
        "shelf_entry": [_entry(dice, row) for row in apps],
        "shelf_placing": [_placing(dice, row["app_id"]) for row in apps if dice.random() < 0.7],
        "app_score": [_score(dice, row["app_id"]) for row in apps if dice.random() < 0.8],
    }


def _entry(dice: Random, app: Row) -> Row:
    return {
        "app_id": app["app_id"], "version_id": uuid(dice), "name": app["name"], "purpose": app["purpose"],
        "department": app["department"], "regions": dice.choice(REGIONS),
        "min_host_version": dice.choice(("1.0", "3.2")),
        "document": found_by(dice, app["name"], app["app_id"]),
    }  # fmt: skip


def _placing(dice: Random, app_id: str) -> Row:
    return {
        "app_id": app_id, "place": maybe(dice, dice.randrange(5)),
        "categories": dice.sample(CATEGORIES, dice.randrange(3)),
        "life_events": dice.sample(EVENTS, dice.randrange(3)), "least_level": dice.choice((0, 0, 3)),
        "ages": dice.choice(([], [], [AgeGroup.ADULT, AgeGroup.ELDER])),
    }  # fmt: skip


def _score(dice: Random, app_id: str) -> Row:
    stars = ("ones", "twos", "threes", "fours", "fives")
    return {"app_id": app_id} | {each: dice.randrange(40) for each in stars}


def ratings(dice: Random, party: Any, apps: list[str]) -> list[Row]:
    """Return what one party thinks of some mini-apps."""
    return [
        {
            "id": uuid(dice), "party_id": party, "app_id": app_id, "stars": dice.randrange(1, 6),
            "comment": (said := text(dice, 500)), "comment_state": "shown" if said else "none",
            "rated_at": moment(dice),
        }
        for app_id in dice.sample(apps, dice.randrange(3))
    ]  # fmt: skip


def of_app(dice: Random, app: Row, versions: list[Row]) -> dict[str, list[Row]]:
    """Return how a mini-app stands, where its back end is, what it is told and what was counted."""
    ids = [row["id"] for row in versions]
    found = {
        "app_release": [_release(dice, app, ids)],
        "release_step": [_step(dice, app, each) for each in ids],
        "mini_app_signature": [_signature(dice, app, side) for side in Side if dice.random() < 0.7],
        "app_problem": [_problem(dice, app["app_id"], key) for key in dice.sample(KEYS, 2)],
        "app_usage": [_usage(dice, app["app_id"], hour) for hour in range(6)],
        "app_upstream": [], "webhook_address": [], "webhook_delivery": [],
    }  # fmt: skip
    for environment in Environment:
        client = client_id(app["app_id"], environment)
        found["app_upstream"].append({
            "id": uuid(dice), "app": app["id"], "environment": environment, "url": f"https://{client}.example",
            "is_signed": dice.random() < 0.5, "set_by": uuid(dice), "set_at": moment(dice),
        })  # fmt: skip
        found["webhook_address"].append(_address(dice, client))
        found["webhook_delivery"] += [_delivery(dice, client, turn) for turn in range(dice.randrange(5))]
    return found


def _release(dice: Random, app: Row, versions: list[Any]) -> Row:
    one = dice.choice(versions) if versions else None
    return {
        "id": app["id"], "stage": dice.choice(list(Stage)), "candidate_id": one,
        "percent": dice.randrange(101), "regions": dice.choice(REGIONS), "withdrawn": versions[:1],
        "killed": versions[1:2], "changed_at": moment(dice),
    }  # fmt: skip


def _step(dice: Random, app: Row, version: Any) -> Row:
    return {
        "id": uuid(dice), "app": app["id"], "version_id": version, "kind": dice.choice(list(StepKind)),
        "stage": dice.choice(list(Stage)), "percent": dice.randrange(101), "regions": dice.choice(REGIONS),
        "person_id": uuid(dice), "reason": text(dice, 100), "at": moment(dice),
    }  # fmt: skip


def _signature(dice: Random, app: Row, side: Side) -> Row:
    return {
        "id": uuid(dice), "app": app["id"], "side": side, "signer_id": app["team_id"],
        "signed_by": uuid(dice), "role": "developer", "text_version": "1", "text_sha256": uuid(dice).hex,
        "signed_at": moment(dice),
    }  # fmt: skip


def _problem(dice: Random, app_id: str, key: str) -> Row:
    seen = moment(dice)
    return {
        "id": uuid(dice), "app_id": app_id, "version": "1.0.0", "key": key, "found": dice.randrange(99),
        "out_of": dice.randrange(999), "threshold": 50, "first_seen_at": seen, "last_seen_at": seen,
        "told_at": seen,
    }  # fmt: skip


def _usage(dice: Random, app_id: str, hour: int) -> Row:
    counted = (
        "opens", "consents_asked", "consents_granted", "consents_refused", "calls", "call_errors",
        "page_errors", "complaints", "page_views", "page_events",
    )  # fmt: skip
    return {
        "id": uuid(dice), "app_id": app_id, "version": f"1.0.{hour % 2}", "span": "hour",
        "at": NOON - timedelta(hours=hour), "latency": [dice.randrange(9) for _ in range(CLASSES)],
    } | {name: dice.randrange(99) for name in counted}  # fmt: skip


def _address(dice: Random, client: str) -> Row:
    off = maybe(dice, dice.choice(list(Off)))
    return {
        "id": uuid(dice), "client_id": client, "url": f"https://{client}.example/news",
        "registered_at": moment(dice), "failing_since": maybe(dice, moment(dice)), "off": off,
        "off_at": None if off is None else moment(dice),
    }  # fmt: skip


def _delivery(dice: Random, client: str, turn: int) -> Row:
    """Return news of nobody whose body is still to be sealed."""
    state = dice.choice(list(DeliveryState))
    tries = [Try(at=moment(dice), ms=dice.randrange(9_000), status=maybe(dice, 500)) for _ in range(turn % 3)]
    return {
        "id": uuid(dice), "client_id": client, "line": uuid(dice), "seq": turn, "type": "case.submitted",
        "body": "{}", "test": dice.random() < 0.2, "state": state, "tries": msgspec.to_builtins(tries),
        "made_at": moment(dice), "next_at": maybe(dice, moment(dice)),
        "ended_at": None if state == DeliveryState.WAITING else moment(dice),
    }  # fmt: skip

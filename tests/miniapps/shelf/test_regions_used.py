"""Where the shelf has something of its own: mini-apps of a place, and slots for it."""

from collections.abc import Iterator

import pytest

from identity.roles import Role
from miniapps.shelf.queries import SHOWN_IN
from miniapps.shelf.rules import Edit
from tests.miniapps.shelf.factories import a_slot, an_actor, an_app, described, laid_out


@pytest.fixture
def hearing() -> Iterator[None]:
    """A process that hears of changes."""
    SHOWN_IN.listener().back()
    yield
    SHOWN_IN.listener().lost()


async def test_mini_apps_and_slots_of_the_edition_in_force_make_places(db, hearing):
    operator = an_actor(Role.OPERATOR)
    await an_app("app-1", "提取", regions=["330100"])
    await described()
    await laid_out(operator, Edit(slots=(a_slot(app_id="app-1", region="330203"),)))
    await laid_out(operator, Edit(slots=(a_slot(app_id="app-1", region="330106"),)))
    await SHOWN_IN.know()

    stands = [SHOWN_IN.nearest(code) for code in ("330106", "330105", "330203")]

    assert stands == ["330106", "330100", "330000"]


@pytest.mark.parametrize("topic", ["shelf_entry", "shelf_edition"])
async def test_either_change_makes_it_ask_again(db, hearing, topic):
    await SHOWN_IN.know()
    assert SHOWN_IN.nearest("330106") == "330000"

    SHOWN_IN.listener().heard(topic)

    assert SHOWN_IN.nearest("330106") == "330106"

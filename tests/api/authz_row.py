"""What a line of the authorization table says: a root field with its arguments, one letter for each who asks.

v visitor    o the owner    c another citizen    y a minor of seventeen    z a 网证 under its pseudonym
m his mini-app with one scope    w his mini-app with every scope    x another mini-app, with every scope
k a clerk of the competent department    l a clerk of another department
i definer    p operator    d developer    t maintainer    a auditor    u security
h manager    j village agent in his post
T the owner in his team    B a tester of that team
g his agent, who may do all that can be given    n his agent for another item only
e his agent until a month ago    f the village agent acting for him
G a guardian for her ward    R a firm's representative    F the firm's agent

+  allowed, and what is the owner's comes    ~  allowed, and what comes is none of the owner's
0  allowed, and nothing comes                s  refused for want of a scope
-  not found, in the words for what never was    !  refused for another reason
"""

import dataclasses
from dataclasses import dataclass
from typing import Any

COLUMNS = (
    "visitor", "owner", "other", "minor", "pseudonym",
    "minimal", "app", "other app",
    "competent", "elsewhere",
    "definer", "operator", "developer", "maintainer", "auditor", "security", "manager", "village agent",
    "team owner", "tester",
    "agent", "narrow agent", "former agent", "village hand",
    "guardian", "representative", "firm agent",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One root field with its arguments; `$name` stands for a thing of the world."""

    field: str
    cells: str
    given: dict[str, Any] = dataclasses.field(default_factory=dict)
    absent: tuple[str, ...] = ()  # arguments to replace by what never was: the answer must be the same


def of(name: str, cells: str, /, *absent: str, **given: Any) -> Row:
    """A row; `absent` names the arguments that say whose thing it is."""
    letters = cells.replace(" ", "")
    assert len(letters) == len(COLUMNS), f"{name}: {len(letters)} letters for {len(COLUMNS)} who ask"
    return Row(name, letters, given, absent)


FORM_ANSWERS = [{"id": "marital", "text": "未婚"}]

"""Arguments that have the same answer: one of them stands for all, under it the answer is kept and made.

region: 330106 -> 330100     nothing in this county is its own, so its city's answer is given
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from graphql import VariableNode

from api.graphql.plan.arguments import Bound
from api.graphql.plan.roots import Alike, Kept
from api.graphql.plan.select import Chosen

Changes = Mapping[str, str]  # argument -> the text that stands for what was given


@dataclass(frozen=True)
class Sharing:
    """How one root field finds what stands for its arguments."""

    alike: Alike
    variables: Mapping[str, str]  # argument -> the variable that brings it and nothing else

    @classmethod
    def of(cls, kept: Kept, chosen: Chosen) -> Self | None:
        """Return it for a root field; None: its arguments stand for themselves."""
        if kept.alike is None:
            return None
        brought = {
            each.name.value: each.value.name.value
            for each in chosen.nodes[0].arguments or ()
            if isinstance(each.value, VariableNode)
        }
        names = list(brought.values())
        return cls(kept.alike, {name: each for name, each in brought.items() if names.count(each) == 1})

    def changes(self, bound: Bound) -> Changes:
        """Return what stands for something else now; it may differ a moment later."""
        found = self.alike.chosen(bound.values)
        return {name: text for name, text in found.items() if name in self.variables}

    def given(self, variables: Mapping[str, Any], changes: Changes) -> Mapping[str, Any]:
        """Return the variables with which the answer is made."""
        return {**variables, **{self.variables[name]: text for name, text in changes.items()}}


def key_of(bound: Bound, changes: Changes) -> tuple[Any, ...]:
    """Return the arguments of the answer that is kept, as a key."""
    return tuple({**bound.values, **changes}.items()) if changes else bound.key

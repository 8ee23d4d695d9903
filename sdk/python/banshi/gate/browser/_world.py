"""A world of the looking's own in a page: the page's elements, and nothing that its scripts redefine.

A page may put its own in the place of `getComputedStyle` or `Array.prototype.push`.  Chromium keeps a second
world for who looks (as for extensions): the same elements by way of untouched prototypes, and variables that
the page does not see.
"""

from importlib.resources import files
from typing import Any

from playwright.sync_api import Error, Page

GROUND = files("banshi.gate.browser").joinpath("ground.js").read_text("utf-8")
NAME = "banshi-gate"
NOWHERE = "about:blank"


class World:
    """The looking's own world of a tab; it begins anew with each page, before the page's scripts do."""

    def __init__(self, page: Page) -> None:
        self._wire = page.context.new_cdp_session(page)
        self._wire.send("Page.enable")
        self._frame = self._wire.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        self._wire.send("Page.addScriptToEvaluateOnNewDocument", {"source": GROUND, "worldName": NAME})

    def ask(self, function: str, *told: Any) -> Any:
        """Call a function with these arguments, and return what it answers; both as JSON has them.

        Raises: Error, also when the page goes on to another meanwhile.
        """
        given = {"functionDeclaration": function, "arguments": [{"value": each} for each in told]}
        return self._do("Runtime.callFunctionOn", "executionContextId", given)

    def load(self, script: str) -> None:
        """Run a script."""
        self._do("Runtime.evaluate", "contextId", {"expression": script})

    def _do(self, what: str, where: str, told: dict[str, Any]) -> Any:
        named = {"frameId": self._frame, "worldName": NAME}  # the same world until the page goes on
        world = self._wire.send("Page.createIsolatedWorld", named)["executionContextId"]
        given = {**told, where: world, "awaitPromise": True, "returnByValue": True}
        answer = self._wire.send(what, given)
        if "exceptionDetails" in answer:
            thrown = answer["exceptionDetails"]
            raise Error(str(thrown.get("exception", {}).get("description") or thrown["text"]))
        return answer["result"].get("value")

    def has_closed_part(self) -> bool:
        """Say whether an element keeps what stands inside of it from everybody."""
        seen = self._wire.send("DOMSnapshot.captureSnapshot", {"computedStyles": []})
        kinds = {kind for each in seen["documents"] for kind in each["nodes"]["shadowRootType"]["value"]}
        return "closed" in (seen["strings"][kind] for kind in kinds)

    def forget_way(self) -> None:
        """Forget what was shown before."""
        self._wire.send("Page.resetNavigationHistory")

    def way(self) -> list[int]:
        """Return the steps from the first page that was shown to this one, for `go`."""
        told = self._wire.send("Page.getNavigationHistory")
        steps = told["entries"][: told["currentIndex"] + 1]
        return [step["id"] for step in steps if step["url"] != NOWHERE]

    def go(self, step: int) -> None:
        """Go back to a step."""
        self._wire.send("Page.navigateToHistoryEntry", {"entryId": step})

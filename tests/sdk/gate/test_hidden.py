"""A page that puts its own in the place of what it is measured with is found all the same."""

import pytest

from banshi import gate
from tests.sdk.gate.seen import PAGE, SCRIPT, STYLE, made

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

LIES = """
const call = Object.assign(document.createElement("a"), { href: `tel:${me.phone}`, textContent: me.phone });
document.querySelector("main").append(call); // as the telephone of an office is
localStorage.me ??= me.note;
const frame = document.createElement("iframe");
frame.srcdoc = "<p>内";
document.documentElement.append(frame);
history.replaceState(null, "", "/of/another/version/");
window.getComputedStyle = () => ({ fontSize: "30px", lineHeight: "60px", clipPath: "none", clip: "auto", display: "block" });
Element.prototype.getBoundingClientRect = () => ({ top: 0, bottom: 99, left: 0, right: 99, width: 99, height: 99 });
Element.prototype.checkVisibility = () => false;
Range.prototype.getClientRects = () => [];
Document.prototype.querySelectorAll = Element.prototype.querySelectorAll = () => [];
Document.prototype.createTreeWalker = () => ({ nextNode: () => null });
Storage.prototype.getItem = Storage.prototype.key = () => "";
Array.prototype.push = Array.prototype.map = Array.prototype.flatMap = Array.prototype.filter = () => [];
Map.prototype.get = Map.prototype.set = () => undefined;
window.MutationObserver = class { observe() { throw new Error("not here"); } };
JSON.stringify = () => "[]";
window.axe = Object.freeze({ run: async () => ({ violations: [] }) });
window.gate = { policy: [], all: () => [] };
addEventListener("securitypolicyviolation", event => event.stopImmediatePropagation(), true);
document.documentElement.append(Object.assign(document.createElement("script"), { textContent: "a = 1" }));
"""  # noqa: E501
COVER = """<form><label>号<input name="children"></label><input aria-label="号" name="id">
<button name="closest" type="button">查</button></form>
<img name="querySelectorAll" alt="" src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7">
<img name="body" alt="" src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7">
</main>"""  # noqa: E501
# of several lines, whatever the letters
SMALL = "#more { display: block; width: 6em; font-size: 10px; line-height: 1; color: #bbb }\n"
SMALL += "#send, .elder #send { min-height: 9px; line-height: 9px }\n"
FOUND = {
    "elder.letters", "elder.targets", "page.contrast", "page.policy", "page.spacing", "page.targets",
    "switch.storage",
}  # fmt: skip


async def test_what_a_page_puts_in_the_place_of_functions_hides_nothing_and_adds_nothing():
    page = PAGE.replace("</main>", COVER)

    found = (
        await gate.judge(made({"app.js": SCRIPT + LIES, "style.css": STYLE + SMALL, "index.html": page}))
    ).findings

    assert {each.rule for each in found} >= FOUND, found
    assert not {"page.masking", "page.blank", "page.markup"} & {each.rule for each in found}
    assert "#more" in {each.selector for each in found if each.rule == "elder.letters"}
    told = {each.problem for each in found if each.rule == "page.policy"}
    assert {"it shows another page in a frame"} < told, told

"""The page that explains every refusal, which a platform serves: `banshi graphql errors`

It is drawn when the code changes, for a process that serves it has not loaded all that could be refused.
"""

import inspect
import re
from html import escape
from pathlib import Path

from api.refusals import all_refusals
from banshi.errors import DomainError

FILE = Path(__file__).parent / "http" / "pages" / "errors.html"

HEAD = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Refusals · Banshi</title>
<style>
  body { font: 1.0625rem/1.6 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; max-width: 44rem; margin: 0 auto; padding: 2rem 1rem 3rem; color: #1c2733; background: #f5f6f8; }
  h1 { font-size: 1.6rem; line-height: 1.3; }
  h2 { font: 600 1rem/1.5 ui-monospace, monospace; margin: 0 0 .2rem; overflow-wrap: anywhere; }
  section { background: #fff; border-radius: .6rem; padding: .8rem 1.2rem; margin-top: .8rem; }
  section:target { outline: .2rem solid #0b57a4; }
  p { margin: 0; }
  .message { color: #4a5663; }
  code { background: #eef1f5; padding: .1rem .3rem; border-radius: .2rem; font-size: .93em; overflow-wrap: anywhere; }
</style>
<main>
<h1>Refusals</h1>
<p>Every refusal has a code that never changes its meaning, in <code>errors[0].extensions.code</code>. Its request id also stands in the header <code>x-request-id</code>: quote it in reports.</p>
"""  # noqa: E501
SECTION = (
    '<section id="{anchor}"><h2>{code}</h2><p class="message">{text}</p>'
    "<p>{meaning}</p><p>{status}</p></section>\n"
)
TICKED = re.compile("`([^`]+)`")


def page() -> str:
    """Return the page."""
    return "".join([HEAD, *map(_section, all_refusals()), "</main>\n</html>\n"])


def _section(kind: type[DomainError]) -> str:
    meaning = " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())
    again = "; the same call may work later" if kind.retryable else ""
    return SECTION.format(
        anchor=kind.code.lower(), code=kind.code, text=escape(kind.text),
        meaning=TICKED.sub(r"<code>\1</code>", escape(meaning)), status=f"HTTP {kind.status}{again}.",
    )  # fmt: skip

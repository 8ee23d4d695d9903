"""Figures as pictures (SVG), drawn on the server: no script, no colour as the only signal, words for each."""

from collections.abc import Sequence

from markupsafe import Markup, escape

WIDTH, HEIGHT = 320, 72
FULL = 0.85  # of its step is a column, the rest is the gap to the next
LINE = 12  # the height of one of several lines
LEAST_COLUMN = 1.5  # what is more than nothing can be seen


def columns(
    values: Sequence[float], label: str, *, limit: float | None = None, ends: tuple[str, str] | None = None
) -> Markup:
    """Return a column for each of `values`, oldest first, and a line at `limit`; `label` says it in words.

    `ends` are what the first and the last are called.  An empty sequence is a picture without columns.
    """
    top = max([*values, limit or 0, 1e-9])
    step = WIDTH / max(1, len(values))
    drawn_columns = [
        _column(place * step, step, value / top * HEIGHT, is_over=limit is not None and value > limit)
        for place, value in enumerate(values)
        if value > 0
    ]
    line = "" if limit is None else _line(HEIGHT - limit / top * HEIGHT)
    return _picture("".join(drawn_columns) + line, label, HEIGHT) + (_ends(*ends) if ends else "")


def share(part: float, label: str) -> Markup:
    """Return a bar that is filled to `part`, between 0 and 1; `label` says it in words."""
    full = min(1.0, max(0.0, part)) * WIDTH
    inner = f'<rect class="rest" width="{WIDTH}" height="12" rx="6"/>'
    if full:
        inner += f'<rect class="part" width="{full:.1f}" height="12" rx="6"/>'
    return _picture(inner, label, 12, kind="chart low")


def spans(values: Sequence[tuple[float, float]], label: str) -> Markup:
    """Return a line for each of `values`, filled from the one number to the other, between 0 and 1."""
    inner = ""
    for row, (begins, ends) in enumerate(values):
        left, right = (min(1.0, max(0.0, each)) * WIDTH for each in (begins, ends))
        y = row * LINE
        inner += f'<rect class="rest" x="0" y="{y}" width="{WIDTH}" height="{LINE - 4}"/>'
        wide = max(LEAST_COLUMN, right - left)
        inner += f'<rect class="part" x="{left:.1f}" y="{y}" width="{wide:.1f}" height="{LINE - 4}"/>'
    return _picture(inner, label, max(1, len(values)) * LINE)


def _column(x: float, step: float, height: float, *, is_over: bool) -> str:
    tall = max(LEAST_COLUMN, height)
    kind = "over" if is_over else "column"
    wide = max(0.5, step * FULL)
    return (
        f'<rect class="{kind}" x="{x:.1f}" y="{HEIGHT - tall:.1f}" width="{wide:.1f}" height="{tall:.1f}"/>'
    )


def _line(y: float) -> str:
    return f'<line class="limit" x1="0" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'


def _ends(first: str, last: str) -> Markup:
    return Markup('<p class="ends" aria-hidden="true"><span>{}</span><span>{}</span></p>').format(first, last)


def _picture(inner: str, label: str, height: int, kind: str = "chart") -> Markup:
    return Markup(  # noqa: S704 - numbers of our own and an escaped label
        f'<svg class="{kind}" role="img" viewBox="0 0 {WIDTH} {height}" preserveAspectRatio="none">'
        f"<title>{escape(label)}</title>{inner}</svg>"
    )

"""A bar chart by hand: answers a second of each server, with the spread of the rounds."""

from collections.abc import Mapping, Sequence
from html import escape

from bench._lab.rounds import Round, Spread, of

WIDTH, LEFT, RIGHT, TOP, BAR, GAP = 780, 228, 96, 56, 22, 12
OURS, OTHERS, INK, FAINT = "#4aa3c7", "#8a8f98", "#1f2328", "#d8dee4"
NAMES = {
    "ours": "Banshi, signed in",
    "ours_bare": "Banshi, no sign-in, no audit",
    "ours_uncached": "Banshi, no kept fragments",
    "ours_bare_uncached": "Banshi, none of these three",
    "ours_generated": "Banshi, generated executor",
    "ours_ordinary": "Banshi, graphql-core",
    "mercurius_memo": "mercurius + JIT, memoised",
    "mercurius_jit": "mercurius + JIT",
    "postgraphile": "PostGraphile 5, persisted",
    "strawberry_generated": "Strawberry, our executor",
    "strawberry_stock": "Strawberry on Litestar",
}


def bars(rounds: Sequence[Round]) -> str:
    """Return the chart as SVG; longest bar first, the static server left out."""
    found = {name: of(rounds, name, "per_s") for name in NAMES if any(name in each for each in rounds)}
    ordered = dict(sorted(found.items(), key=lambda pair: -pair[1].median))
    most = max(spread.most for spread in ordered.values())
    height = TOP + len(ordered) * (BAR + GAP) + 28
    lines = [_head(ordered, height), *_grid(most, height)]
    for number, (name, spread) in enumerate(ordered.items()):
        lines += _bar(number, name, spread, most)
    return "\n".join([*lines, "</svg>"]) + "\n"


def _head(ordered: Mapping[str, Spread], height: int) -> str:
    told = "; ".join(f"{NAMES[name]}: {spread.median:,.0f}" for name, spread in ordered.items())
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" \
viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="title desc" \
font-family="system-ui, sans-serif" font-size="13">
<title id="title">Home screens answered a second by one server process</title>
<desc id="desc">Bar chart, medians over rounds. {escape(told)}.</desc>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="16" y="28" font-size="16" font-weight="600" fill="{INK}">\
Home screens a second, one server process</text>
<text x="16" y="46" fill="#57606a">the same rows, PostgreSQL and machine; bar: median, \
line: least to greatest round</text>"""


def _grid(most: float, height: int) -> list[str]:
    step = next(each for each in (100, 250, 500, 1_000, 2_500, 5_000, 10_000, 50_000) if most / each <= 6)
    lines = []
    for value in range(0, int(most) + 1, step):
        x = _x(value, most)
        lines.append(f'<line x1="{x}" y1="{TOP}" x2="{x}" y2="{height - 24}" stroke="{FAINT}"/>')
        lines.append(f'<text x="{x}" y="{height - 8}" text-anchor="middle" fill="#57606a">{value:,}</text>')
    return lines


def _bar(number: int, name: str, spread: Spread, most: float) -> list[str]:
    y = TOP + 6 + number * (BAR + GAP)
    colour = OURS if name.startswith("ours") else OTHERS
    end, middle = _x(spread.median, most), y + BAR / 2
    least, greatest = _x(spread.least, most), _x(spread.most, most)
    return [
        f'<text x="{LEFT - 8}" y="{y + 16}" text-anchor="end" fill="{INK}">{escape(NAMES[name])}</text>',
        f'<rect x="{LEFT}" y="{y}" width="{max(1.0, end - LEFT):.1f}" height="{BAR}" fill="{colour}"/>',
        f'<line x1="{least}" y1="{middle}" x2="{greatest}" y2="{middle}" stroke="{INK}" stroke-width="2"/>',
        f'<text x="{max(end, greatest) + 8:.1f}" y="{y + 16}" fill="{INK}">{spread.median:,.0f}</text>',
    ]


def _x(value: float, most: float) -> float:
    return round(LEFT + value / most * (WIDTH - LEFT - RIGHT), 1)

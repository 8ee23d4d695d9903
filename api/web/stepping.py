"""Steps of a release as both offices show them: what one may go back to, and what a step did."""

from collections.abc import Sequence

from api.web.words import STAGES
from miniapps.catalog.rules import VersionState
from miniapps.catalog.tables import MiniAppVersion
from miniapps.release.rules.rising import Standing
from miniapps.release.rules.steps import StepKind
from miniapps.release.tables import ReleaseStep


def fallbacks(rows: Sequence[MiniAppVersion], now: Standing) -> list[str]:
    """Return the versions that everybody may be given again, the likeliest first; `rows` are newest first.

    That is what everybody has while another one is tried, and what is older; a newer one rises by steps.
    """
    ids = [row.id for row in rows]
    older = rows[ids.index(now.stable) :] if now.stable in ids else rows
    may = [
        row
        for row in older
        if row.state == VersionState.APPROVED
        and row.id not in {*now.killed, now.candidate}
        and (row.id != now.stable or now.candidate is not None)
    ]
    is_begun = now.stable is not None or now.candidate is not None
    return [row.version for row in may] if is_begun else []


def did(row: ReleaseStep) -> str:
    """Return how a release stood after a step."""
    return "所有人用回这个版本" if row.kind == StepKind.ROLL_BACK else STAGES[row.stage].word

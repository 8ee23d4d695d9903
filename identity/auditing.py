"""Reading the audit: the audit administrator's verbs (审计管理员), who does nothing else.

What he looks for is a row, too.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID as Id

from banshi.errors import InvalidInput, ScopeMissing
from banshi.scopes import Scope
from identity import audit
from identity.actor import Actor
from identity.audit import AuditRow
from identity.chain import heads, links
from identity.chain.heads import Standing
from identity.chain.links import Link
from storage.paging import Page, page

USUAL = timedelta(days=7)  # how far back one looks who names no time
LONGEST = timedelta(days=92)
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)  # nothing was written before
LONGEST_WORD = 200  # characters


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which rows; what is left out does not matter."""

    since: datetime | None = None
    until: datetime | None = None
    act: str | None = None  # whole, or a beginning that ends in a dot: "case."
    object: str | None = None  # whole, or a kind with a slash: "case/"
    party_id: Id | None = None  # whose data
    person_id: Id | None = None  # who acted
    department_id: Id | None = None  # whose staff acted
    only_looks: bool = False

    def words(self) -> str:
        """Return the wish as it stands in the auditor's own row: ids and names of acts."""
        parts = [f"{name}={value}" for name, value in vars(self).items() if value not in (None, False)]
        return " ".join(parts)


async def search(
    actor: Actor, wanted: Wanted, *, first: int, after: Id | None, now: datetime
) -> Page[AuditRow]:
    """Return rows, newest first, written between `since` and `until`.

    Raises: ScopeMissing; InvalidInput when the time is longer than 92 days, or runs backwards.
    """
    _check(actor)
    since, until = _span(wanted, now=now)
    rows = AuditRow.objects().where(AuditRow.at >= since, AuditRow.at < until)
    for words, word, mark in ((AuditRow.act, wanted.act, "."), (AuditRow.object, wanted.object, "/")):
        if word is not None:
            _check_word(word)
            rows = rows.where(words.like(_literal(word) + "%") if word.endswith(mark) else words == word)
    for ids, id in (
        (AuditRow.party_id, wanted.party_id),
        (AuditRow.person_id, wanted.person_id),
        (AuditRow.acting_for, wanted.department_id),
    ):
        if id is not None:
            rows = rows.where(ids == id)
    if wanted.only_looks:
        rows = rows.where(AuditRow.act.like("%.read"))
    await audit.record(actor, "audit.search", "audit", wanted.words() or None, now=now)
    return await page(rows, AuditRow.id, first=first, after=after)


@dataclass(frozen=True)
class Proof:
    """Where the chain ends, and how far it lags."""

    end: Link | None
    standing: Standing


async def proof(actor: Actor) -> Proof:
    """Return where the chain ends; `banshi audit verify` computes it anew.

    Raises: ScopeMissing.
    """
    _check(actor)
    return Proof(end=await links.last(), standing=await heads.standing())


def _span(wanted: Wanted, *, now: datetime) -> tuple[datetime, datetime]:
    """Return from when to when rows are wanted."""
    for name, at in (("since", wanted.since), ("until", wanted.until)):
        if at is not None and (at.tzinfo is None or not EARLIEST < at < now + LONGEST):
            raise InvalidInput(field=name, problem="请写明时区，且不早于平台启用之时、不晚于今天")
    until = wanted.until or now
    since = wanted.since or until - USUAL
    if not timedelta(0) < until - since <= LONGEST:
        raise InvalidInput(field="since", problem="起止时间应先后正确，且不超过 92 天")
    return since, until


def _check(actor: Actor) -> None:
    if not actor.may(Scope.AUDIT_READ):
        raise ScopeMissing(scope=Scope.AUDIT_READ)


def _check_word(word: str) -> None:
    if len(word) > LONGEST_WORD:
        raise InvalidInput(field="act", problem=f"不超过 {LONGEST_WORD} 个字符")


def _literal(word: str) -> str:
    return word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")

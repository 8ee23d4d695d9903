"""What a person may be, and which scopes that brings."""

from enum import StrEnum

from banshi.scopes import Scope


class Role(StrEnum):
    """A post a person holds in an acting context.  Who defines an item cannot publish it."""

    CITIZEN = "citizen"
    CLERK = "clerk"  # 窗口/审批人员: receives, accepts, decides
    ITEM_DEFINER = "item_definer"  # 业务定义人员
    OPERATOR = "operator"  # curates the catalogue, publishes items and mini-apps
    DEVELOPER = "developer"
    MAINTAINER = "maintainer"  # 系统管理员: sees the system's health, replays jobs
    MANAGER = "manager"  # sees figures
    AUDITOR = "auditor"  # 审计管理员: reads and verifies the audit, nothing else
    SECURITY = "security"  # 安全管理员: posts, locks and keys; never his own
    VILLAGE_AGENT = "village_agent"  # 村级代办员: does for villagers what each of them accepts
    SERVICE = "service"  # our own workers


class MandateKind(StrEnum):
    """Why somebody may act for another party."""

    REPRESENTATIVE = "representative"  # 法定代表人: a firm's, by the register
    FIRM_AGENT = "firm_agent"  # 经办人: a firm's, appointed by its representative
    GUARDIAN = "guardian"  # 监护人: by a recorded relation, not by being a parent
    AGENT = "agent"  # 代办: a person's, agreed between the two
    VILLAGE = "village"  # 村级代办: each act needs the villager's nod


FOR_FIRMS = frozenset({MandateKind.REPRESENTATIVE, MandateKind.FIRM_AGENT})


_CITIZEN = frozenset(
    {
        Scope.PROFILE_READ, Scope.SESSIONS_READ, Scope.SESSIONS_WRITE, Scope.ITEMS_READ,
        Scope.MATERIALS_READ, Scope.MATERIALS_WRITE, Scope.CASES_READ, Scope.CASES_WRITE,
        Scope.TRIPS_READ, Scope.TRIPS_WRITE, Scope.NOTICES_READ, Scope.NOTICES_WRITE, Scope.NOTICES_SEND,
        Scope.STORAGE_KEEP,
        Scope.APPS_READ, Scope.APPS_OPEN, Scope.MANDATES_READ, Scope.MANDATES_WRITE, Scope.TEAMS_READ,
        Scope.TEAMS_WRITE, Scope.PRIVACY_WRITE, Scope.OBJECTIONS_READ, Scope.OBJECTIONS_WRITE,
    }
)  # fmt: skip
_STAFF = frozenset({Scope.PROFILE_READ, Scope.SESSIONS_READ, Scope.SESSIONS_WRITE, Scope.ITEMS_READ})
_CLERK = _STAFF | {
    Scope.DESK_READ, Scope.DESK_WRITE, Scope.CASES_READ, Scope.TRIPS_READ, Scope.TRIPS_WRITE,
    Scope.NOTICES_READ, Scope.NOTICES_WRITE,  # the inbox of the department: overdue warnings
    Scope.OBJECTIONS_READ, Scope.OBJECTIONS_ANSWER, Scope.APPS_SIGN,
}  # fmt: skip

SCOPES: dict[Role, frozenset[Scope]] = {
    Role.CITIZEN: _CITIZEN,
    Role.CLERK: _CLERK,
    Role.ITEM_DEFINER: _STAFF | {Scope.ITEMS_WRITE},
    Role.OPERATOR: _STAFF
    | {
        Scope.ITEMS_PUBLISH,
        Scope.APPS_READ,
        Scope.APPS_RELEASE,
        Scope.APPS_REVIEW,
        Scope.CALENDAR_WRITE,
        Scope.PEOPLE_WRITE,
    },
    Role.DEVELOPER: _STAFF
    | {
        Scope.APPS_READ,
        Scope.APPS_WRITE,
        Scope.APPS_RELEASE,
        Scope.APPS_SIGN,
        Scope.TEAMS_READ,
        Scope.TEAMS_WRITE,
    },
    Role.MAINTAINER: _STAFF | {Scope.JOBS_READ, Scope.JOBS_WRITE, Scope.CLOCK_WRITE},
    Role.MANAGER: _STAFF | {Scope.FIGURES_READ, Scope.APPS_SIGN},
    Role.AUDITOR: _STAFF | {Scope.AUDIT_READ},
    Role.SECURITY: _STAFF
    | {
        Scope.POSTS_READ,
        Scope.POSTS_WRITE,
        Scope.LOCKS_WRITE,
        Scope.KEYS_WRITE,
        Scope.OBJECTIONS_READ,
        Scope.OBJECTIONS_ANSWER,
    },
    Role.VILLAGE_AGENT: _STAFF | {Scope.MANDATES_READ, Scope.MANDATES_WRITE},
    Role.SERVICE: frozenset(Scope),
}

INCOMPATIBLE = frozenset(
    {
        frozenset({Role.ITEM_DEFINER, Role.OPERATOR}),  # who writes an item does not publish it
        frozenset({Role.DEVELOPER, Role.OPERATOR}),  # who writes a mini-app does not review it
        frozenset({Role.AUDITOR, Role.MAINTAINER}),  # 三员分立: who runs the system does not audit it
        frozenset({Role.AUDITOR, Role.OPERATOR}),
        frozenset({Role.AUDITOR, Role.SECURITY}),
        frozenset({Role.SECURITY, Role.MAINTAINER}),
        frozenset({Role.SECURITY, Role.OPERATOR}),
    }
)
"""Posts that one person may not hold at the same time, whichever of them he acts in."""

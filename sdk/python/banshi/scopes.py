"""What a caller may ask to be granted.  Public: clients spell these strings."""

from enum import StrEnum


class Scope(StrEnum):
    """One right over one kind of thing.  A root field of the API names the scope it needs."""

    PROFILE_READ = "profile:read"
    SESSIONS_READ = "sessions:read"
    SESSIONS_WRITE = "sessions:write"
    ITEMS_READ = "items:read"
    MATERIALS_READ = "materials:read"
    MATERIALS_WRITE = "materials:write"
    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"
    TRIPS_READ = "trips:read"
    TRIPS_WRITE = "trips:write"
    NOTICES_READ = "notices:read"
    NOTICES_WRITE = "notices:write"
    NOTICES_SEND = "notices:send"
    STORAGE_KEEP = "storage:keep"
    APPS_READ = "apps:read"
    APPS_OPEN = "apps:open"
    CONSENT_OWN = "consent:own"  # every mini-app's, of its own consent alone; nobody grants it
    # never granted to a mini-app:
    MANDATES_READ = "mandates:read"
    MANDATES_WRITE = "mandates:write"
    TEAMS_READ = "teams:read"
    TEAMS_WRITE = "teams:write"
    PEOPLE_WRITE = "people:write"
    DESK_READ = "desk:read"
    DESK_WRITE = "desk:write"
    ITEMS_WRITE = "items:write"
    ITEMS_PUBLISH = "items:publish"
    APPS_WRITE = "apps:write"
    APPS_RELEASE = "apps:release"
    APPS_SIGN = "apps:sign"
    APPS_REVIEW = "apps:review"
    CALENDAR_WRITE = "calendar:write"
    JOBS_READ = "jobs:read"
    JOBS_WRITE = "jobs:write"
    AUDIT_READ = "audit:read"
    PRIVACY_WRITE = "privacy:write"
    OBJECTIONS_READ = "objections:read"
    OBJECTIONS_WRITE = "objections:write"
    OBJECTIONS_ANSWER = "objections:answer"
    POSTS_READ = "posts:read"
    POSTS_WRITE = "posts:write"
    LOCKS_WRITE = "locks:write"
    KEYS_WRITE = "keys:write"
    FIGURES_READ = "figures:read"
    CLOCK_WRITE = "clock:write"


GRANTABLE = frozenset(
    {
        Scope.PROFILE_READ,
        Scope.ITEMS_READ,
        Scope.MATERIALS_READ,
        Scope.CASES_READ,
        Scope.CASES_WRITE,
        Scope.TRIPS_READ,
        Scope.NOTICES_READ,
        Scope.NOTICES_SEND,
        Scope.STORAGE_KEEP,
    }
)
"""What a citizen may consent to give a mini-app; the rest is for first-party and staff sessions."""

"""Roles and scopes: the table, and the separations it must keep."""

import pytest

from banshi.scopes import GRANTABLE, Scope
from identity import masking
from identity.actor import ANONYMOUS, WORKER
from identity.roles import INCOMPATIBLE, SCOPES, Role

STAFF_ONLY = frozenset(Scope) - SCOPES[Role.CITIZEN]


def test_every_role_has_scopes_and_every_scope_a_human_role():
    humans = frozenset().union(*(SCOPES[role] for role in Role if role is not Role.SERVICE))

    assert SCOPES.keys() == set(Role)
    assert humans | {Scope.CONSENT_OWN} == set(Scope), "which is a mini-app's, and no person's"


def test_who_defines_an_item_cannot_publish_it():
    both = {Scope.ITEMS_WRITE, Scope.ITEMS_PUBLISH}

    assert [role for role in Role if both <= SCOPES[role] and role is not Role.SERVICE] == []
    assert {Role.ITEM_DEFINER, Role.OPERATOR} in INCOMPATIBLE


@pytest.mark.parametrize(
    ("scope", "roles"),
    [
        (Scope.DESK_WRITE, {Role.CLERK}),
        (Scope.ITEMS_WRITE, {Role.ITEM_DEFINER}),
        (Scope.ITEMS_PUBLISH, {Role.OPERATOR}),
        (Scope.APPS_WRITE, {Role.DEVELOPER}),
        (Scope.APPS_SIGN, {Role.DEVELOPER, Role.CLERK, Role.MANAGER}),
        (Scope.APPS_REVIEW, {Role.OPERATOR}),
        (Scope.JOBS_WRITE, {Role.MAINTAINER}),
        (Scope.CLOCK_WRITE, {Role.MAINTAINER}),
        (Scope.AUDIT_READ, {Role.AUDITOR}),
        (Scope.POSTS_WRITE, {Role.SECURITY}),
        (Scope.LOCKS_WRITE, {Role.SECURITY}),
        (Scope.KEYS_WRITE, {Role.SECURITY}),
        (Scope.FIGURES_READ, {Role.MANAGER}),
        (Scope.CASES_WRITE, {Role.CITIZEN}),
        (Scope.APPS_OPEN, {Role.CITIZEN}),
        (Scope.NOTICES_READ, {Role.CITIZEN, Role.CLERK}),
    ],
)
def test_scope_belongs_to_its_roles_only(scope, roles):
    assert {role for role in Role if scope in SCOPES[role]} == roles | {Role.SERVICE}


def test_mini_app_can_be_granted_nothing_that_a_citizen_has_not():
    assert SCOPES[Role.CITIZEN] >= GRANTABLE
    assert not GRANTABLE & STAFF_ONLY
    assert Scope.SESSIONS_WRITE not in GRANTABLE


def test_visitor_and_worker_are_nobody():
    assert ANONYMOUS.roles == frozenset()
    assert not ANONYMOUS.may(Scope.PROFILE_READ)
    assert WORKER.is_a(Role.SERVICE)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王芳", "王*"),
        ("王", "王*"),
        ("李小满", "李*满"),
        ("欧阳嘉欣", "欧**欣"),
        ("ANNA BERG", "ANNA *"),
    ],
)
def test_names_are_masked_by_length(name, masked):
    assert masking.name(name) == masked

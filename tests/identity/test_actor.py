"""The actor: only identity says who somebody is."""

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_only_identity_builds_an_actor():
    builders = set()
    for top in ("api", "miniapps", "identity", "storage", "sdk"):
        for path in (ROOT / top).rglob("*.py"):
            calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
            if any(getattr(call.func, "id", getattr(call.func, "attr", "")) == "Actor" for call in calls):
                builders.add(str(path.relative_to(ROOT)))

    assert builders == {
        "identity/actor.py",
        "identity/opening.py",
        "identity/sandbox/_stand_ins.py",
        "identity/sessions.py",
        "identity/tokens.py",
    }

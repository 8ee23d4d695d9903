"""What an API process does without: packages that others load and nothing of ours uses."""

import subprocess
import sys

import pytest

HEAVY = ("pydantic", "rich", "cffi", "pygments", "PIL", "OpenSSL", "pyasn1", "Crypto", "argon2", "playwright")
LOOK = """
import sys
from api import serve
print(*sorted(name for name, module in sys.modules.items() if module is not None))
from webauthn.registration.formats import tpm
tpm.verify_tpm(attestation_statement=None)
"""


@pytest.fixture(scope="module")
def looked() -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True)


def test_a_process_of_the_api_loads_nothing_heavy_for_others_sake(looked):
    loaded = set(looked.stdout.split())

    assert "api.app" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_what_stands_in_says_so_when_it_is_asked(looked):
    assert looked.returncode != 0
    assert "ValueError: left out of this process: see api.lean" in looked.stderr

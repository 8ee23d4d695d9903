"""What a prepared database was prepared by: when it still fits, a start need not prepare again."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import identity
import miniapps
import storage
from api.settings import Settings


def fingerprint(settings: Settings) -> str:
    """Return a word, 64 hexadecimal digits, that changes with all that migrating and seeding depend on.

    These are the program's files, which hold migrations, seeds and their data, and a few settings; servers'
    addresses are not among them, since they change from start to start.
    """
    origins = [settings.public_url, *settings.cors_origins]
    digest = hashlib.sha256(repr((settings.verifier, settings.objects.bucket, origins)).encode())
    for name, file in _files():
        content = file.read_bytes()
        digest.update(f"\n{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _files() -> Iterator[tuple[str, Path]]:
    for package in (identity, miniapps, storage):
        root = Path(package.__path__[0])
        for file in sorted(root.rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                yield f"{package.__name__}/{file.relative_to(root)}", file
    prepare = Path(__file__).parents[1] / "prepare.py"
    yield "api/prepare.py", prepare

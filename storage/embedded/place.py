"""Where PostgreSQL may live: it refuses to run as root, and another user cannot enter a 0700 home."""

import hashlib
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from storage.embedded.trouble import DidNotStart

ELSEWHERE = (Path("/var/lib/banshi"), Path("/var/tmp/banshi-root"))  # noqa: S108 - checked in _refuge


def unprivileged() -> pwd.struct_passwd | None:
    """Return the user PostgreSQL must run as: `nobody` when we are root, None when we are not."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def can_enter(user: pwd.struct_passwd | None, folder: Path) -> bool:
    """Say whether `user` reaches `folder`, or the nearest folder above it that exists."""
    if user is None:
        return True
    while not folder.exists():
        folder = folder.parent
    inside = subprocess.run(  # noqa: S603
        ["/bin/sh", "-c", 'cd "$0"', str(folder)],
        cwd="/",
        stderr=subprocess.DEVNULL,
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=[],
    )
    return inside.returncode == 0


def programs_for(user: pwd.struct_passwd | None, wheel: Path) -> Path:
    """Return the folder `bin` that `user` can run; the wheel's own, or a copy made once per version.

    Args:
        user: who will run them; None for ourselves.
        wheel: the folder that holds `bin`, `lib` and `share`; the programs find their shared libraries in
            `<name>.libs` beside the package that holds it, so a copy keeps that arrangement.
    """
    if can_enter(user, wheel / "bin"):
        return wheel / "bin"
    version = (wheel / "bin" / "postgres").stat()
    home = _refuge() / f"postgresql-{version.st_size}-{int(version.st_mtime)}"
    package = wheel.parent
    if not home.exists():
        making = home.with_name(f"{home.name}.{os.getpid()}")
        for part in ("bin", "lib", "share"):
            shutil.copytree(wheel / part, making / package.name / wheel.name / part, symlinks=True)
        libraries = package.with_name(package.name + ".libs")
        if libraries.exists():
            shutil.copytree(libraries, making / libraries.name, symlinks=True)
        _settle(making, home)
    return home / package.name / wheel.name / "bin"


def data_for(user: pwd.struct_passwd | None, asked: Path) -> Path:
    """Return the folder of the cluster: `asked`, or one elsewhere, named in `<asked>.place`.

    A cluster elsewhere whose `.place` is gone lost its passwords with it: it is set aside, not used.

    Raises:
        DidNotStart: `asked` holds a cluster already, and `user` cannot reach it any more.
    """
    note = asked.with_name(asked.name + ".place")
    if note.exists():
        return Path(note.read_text().strip())
    if can_enter(user, asked.parent):
        return asked
    if (asked / "PG_VERSION").exists():
        raise DidNotStart(f"PostgreSQL did not start: {asked} is in a folder that user nobody cannot enter")
    name = hashlib.sha256(str(asked.resolve()).encode()).hexdigest()[:12]
    home = _refuge() / f"{asked.parent.name.lstrip('.')}-{name}"
    if home.exists():
        shutil.rmtree(f"{home}.abandoned", ignore_errors=True)
        home.rename(f"{home}.abandoned")
    note.write_text(f"{home}\n")
    return home


def forget(asked: Path) -> None:
    """Remove the cluster asked for at `asked`, wherever it is."""
    note = asked.with_name(asked.name + ".place")
    if note.exists():
        home = note.read_text().strip()
        for folder in (home, f"{home}.making"):
            shutil.rmtree(folder, ignore_errors=True)
        note.unlink()
    shutil.rmtree(asked, ignore_errors=True)


def _refuge() -> Path:
    """Return a folder of root's that everyone can enter and only root can change."""
    for folder in ELSEWHERE:
        try:
            folder.mkdir(mode=0o755, exist_ok=True)
        except OSError:
            continue
        found = folder.lstat()
        if found.st_uid == 0 and not found.st_mode & 0o022 and folder.is_dir():
            return folder
    raise DidNotStart("PostgreSQL did not start: user nobody can enter neither this folder nor /var/lib")


def _settle(making: Path, home: Path) -> None:
    try:
        making.rename(home)
    except OSError:  # another start was faster
        shutil.rmtree(making, ignore_errors=True)

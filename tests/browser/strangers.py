"""A stranger who publishes a mini-app: the commands of docs/miniapp-quickstart.md, in a folder of his own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from api.cli.demo.platform import DemoPlatform, Program
from tests.old_client import build, is_built

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "sdk" / "examples"
LEFT = shutil.ignore_patterns("__pycache__", "*.sqlite*", "node_modules")
COMMAND_S = 260  # the machine's look has three minutes


class Stranger:
    """A developer at his shell, signed in at a platform; and who plays the others there."""

    def __init__(self, platform: DemoPlatform, folder: Path) -> None:
        self.platform, self.folder = platform, folder
        self.key = folder / "team.pem"
        self.serving: list[Program] = []
        self.published: dict[str, Path] = {}
        kept = {name: text for name, text in os.environ.items() if not name.startswith("BANSHI_")}
        self.env = {
            **kept, "PYTHONPATH": f"{ROOT}:{ROOT / 'sdk' / 'python'}",
            "XDG_CONFIG_HOME": str(folder / "config"), "BANSHI_DATA": platform.env["BANSHI_DATA"],
            "MINIAPP_PLATFORM": platform.url, "MINIAPP_KEY": str(self.key),
        }  # fmt: skip
        self.said: list[str] = []

    def join(self) -> None:
        """Sign in, and let the platform know the key of the team."""
        self.miniapp(self.folder, "login", "--as", "developer")
        self.miniapp(self.folder, "keys", "new", str(self.key))
        self.miniapp(self.folder, "keys", "register", str(self.key))

    def publish(self, name: str, *, under: str = "", serves: bool = True) -> Path:
        """Bring an example to everybody, once: check, publish, sign, approve, serve, promote.

        `under` is another id than its own, for who means to answer for it himself.
        """
        app_id = under or name
        if app_id not in self.published:
            self.published[app_id] = self._publish(name, app_id, serves=serves)
        return self.published[app_id]

    def _publish(self, name: str, app_id: str, *, serves: bool) -> Path:
        there = self.folder / app_id
        shutil.copytree(EXAMPLES / name, there, ignore=LEFT)
        manifest = there / "miniapp.yaml"
        text = manifest.read_text()
        assert text.count(f"\nid: {name}\n") == 1, "it would be published under its own"
        manifest.write_text(text.replace(f"\nid: {name}\n", f"\nid: {app_id}\n"))
        if is_built(there):
            build(there)
        self.miniapp(there, "check", "miniapp.yaml")
        self.miniapp(there, "publish")
        self.miniapp(there, "sign", "--yes")
        self.banshi("sandbox", "sign", app_id)
        self.banshi("sandbox", "approve", app_id)
        self.miniapp(there, "credentials")
        if serves:
            self._serve(there)
        self.miniapp(there, "promote", "1.0.0", "--everyone")
        return there

    def miniapp(self, there: Path, *arguments: str) -> None:
        """Run `miniapp` in a folder."""
        self._run([sys.executable, "-m", "banshi", *arguments], there)

    def banshi(self, *arguments: str) -> None:
        """Run `banshi` on the platform's machine."""
        self._run([sys.executable, "-m", "api.cli", *arguments], ROOT)

    def _run(self, command: list[str], there: Path) -> None:
        done = subprocess.run(
            command, cwd=there, env=self.env, capture_output=True, text=True, timeout=COMMAND_S
        )
        told = f"{' '.join(command[2:])}\n{done.stdout}{done.stderr}"
        assert done.returncode == 0, told
        self.said.append(told)

    def _serve(self, there: Path) -> None:
        command = [
            sys.executable,
            "-m",
            "banshi",
            "serve",
            str(there / "app.py"),
            "--env",
            str(there / ".miniapp" / "credential.env"),
        ]
        env = {**self.env, "MINIAPP_INBOX": str(there / "inbox.sqlite"), "PYTHONUNBUFFERED": "1"}
        made = Program(command, env=env, hear=lambda line: None)
        self.serving.append(made)
        made.wait(lambda: any("Ctrl-C ends it" in line for line in made.lines))

    def leave(self) -> None:
        """End what serves."""
        for each in self.serving:
            each.stop()

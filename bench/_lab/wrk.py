"""As many answers as fit: `wrk` with a list of requests that it cycles through."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench._lab.wires import Ask

SCRIPT = """
local asks, at = {}, 0
function init(args)
  for line in io.lines(args[1]) do
    local path, headers, body = line:match("^([^\\t]*)\\t([^\\t]*)\\t(.*)$")
    local table = { ["content-type"] = "application/json" }
    for name, value in headers:gmatch("([^:\\31]+):([^\\31]+)\\31") do
      table[name == "host" and "Host" or name] = value
    end
    asks[#asks + 1] = wrk.format("POST", path, table, body)
  end
end
function request()
  at = at % #asks + 1
  return asks[at]
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '\\n{"requests":%d,"us":%d,"bytes":%d,"failed":%d,"p50_us":%d,"p99_us":%d}\\n',
    summary.requests, summary.duration, summary.bytes,
    e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
"""


@dataclass(frozen=True)
class Load:
    """What one run of wrk saw."""

    per_s: float
    requests: int
    bytes: float  # of one answer, with its head
    failed: int
    p50_ms: float
    p99_ms: float


def program() -> str:
    """Return where wrk is; end with what to do when it is missing."""
    found = shutil.which("wrk")
    if found is None:
        sys.exit("wrk is missing: scripts/setup-interop installs it")
    return found


def load(port: int, asks: Sequence[Ask], *, connections: int, seconds: float) -> Load:
    """Send `asks` over and over for `seconds` on so many connections."""
    with tempfile.TemporaryDirectory() as folder:
        script, file = Path(folder, "ask.lua"), Path(folder, "asks")
        script.write_text(SCRIPT)
        file.write_bytes(b"".join(map(_line, asks)))
        command = [program(), "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "8s"]
        command += ["-s", str(script), f"http://127.0.0.1:{port}", "--", str(file)]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"wrk failed: {done.stdout}{done.stderr}")
    seen = json.loads(done.stdout.strip().splitlines()[-1])
    count = max(1, seen["requests"])
    return Load(
        per_s=seen["requests"] / seen["us"] * 1e6, requests=count, bytes=seen["bytes"] / count,
        failed=seen["failed"], p50_ms=seen["p50_us"] / 1000, p99_ms=seen["p99_us"] / 1000,
    )  # fmt: skip


def _line(ask: Ask) -> bytes:
    headers = "".join(f"{name}:{value}\x1f" for name, value in ask.headers.items())
    return f"{ask.path}\t{headers}\t".encode() + ask.body.replace(b"\n", b" ") + b"\n"

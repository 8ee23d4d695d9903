"""The bytes of one answer from the server that ours runs on, and nothing else: what HTTP alone costs.

`python -m bench.peers.static`; ANSWER names the file, PORT the port.
"""

import os
from pathlib import Path
from typing import Any

import uvicorn

BODY = Path(os.environ["ANSWER"]).read_bytes() if "ANSWER" in os.environ else b"{}"
HEADERS = [(b"content-type", b"application/json; charset=utf-8"), (b"content-length", b"%d" % len(BODY))]


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Read the request's body and answer."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})


if __name__ == "__main__":
    uvicorn.run(
        app, host="127.0.0.1", port=int(os.environ["PORT"]), loop="uvloop", http="httptools", lifespan="off",
        log_config=None, access_log=False, proxy_headers=False, server_header=False,
    )  # fmt: skip

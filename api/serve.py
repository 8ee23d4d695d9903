"""One API process: `python -m api.serve`, alone or under the supervisor."""

from api import lean  # noqa: F401

# isort: split
import os
import socket
import sys

import uvicorn

from api import logs
from api.app import create_app
from api.http.lane import Lane
from api.settings import BadSettings, Settings
from api.supervisor.ready import await_go, report_ready
from miniapps.gateway.rules import MOST_FRAME
from miniapps.gateway.service import Exchange

PING_S = 5.0  # a back end that is gone without a word is noticed after twice that
GRACE_S = 5  # open streams may end by themselves for so long after SIGTERM


class Server(uvicorn.Server):
    """uvicorn that tells the supervisor when it serves."""

    def __init__(self, config: uvicorn.Config, exchange: Exchange) -> None:
        super().__init__(config)
        self.exchange = exchange

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and report it unless starting failed."""
        await super().startup(sockets=sockets)
        if self.started:
            report_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let back ends connect elsewhere and answer what is under way, then end."""
        await self.exchange.drain()
        await super().shutdown(sockets=sockets)


def server(settings: Settings) -> Server:
    """Return the server, ready to run.

    Proxy headers are not uvicorn's to believe: `api.http.address` reads them, from trusted proxies only.
    """
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=Lane,
        ws="websockets-sansio",
        ws_max_size=MOST_FRAME,
        ws_ping_interval=PING_S,
        ws_ping_timeout=PING_S,
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        reset_contextvars=True,  # a request that waited behind another of its connection begins afresh
        timeout_graceful_shutdown=GRACE_S,
    )
    return Server(config, app.state["exchange"])


def main() -> None:
    """Serve on the socket that the supervisor passes, or on BANSHI_HOST and BANSHI_PORT."""
    logs.configure()
    await_go()
    try:
        settings = Settings.read(os.environ)
    except BadSettings as error:
        sys.exit(str(error))
    inherited = os.environ.get("BANSHI_LISTEN_FD")
    sockets = [socket.socket(fileno=int(inherited))] if inherited else None
    running = server(settings)
    running.run(sockets=sockets)
    if not running.started:
        sys.exit("the API did not start; its log says why")


if __name__ == "__main__":
    main()

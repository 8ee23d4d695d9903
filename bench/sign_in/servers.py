"""The two providers: ours, and npm's oidc-provider on the same PostgreSQL."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from typing import Any

from bench._lab.data import viewers
from bench._lab.data.population import Population
from bench._lab.servers import NODE, POOL, Contender
from bench._lab.stage import Stage
from bench._lab.wires import PEERS, plain
from bench.sign_in.journey import CALLBACK, Client
from identity import sandbox

PEER_DATABASE = "oidc_peer"
SCOPES = ("openid", "profile.name")


def ours(at: Stage) -> tuple[Contender, Client]:
    """Return our server, and a client registered with it as an operator would."""
    command = [
        sys.executable, "-m", "api.cli", "clients", "add", "bench", "--redirect-uri", CALLBACK,
        *(word for scope in SCOPES for word in ("--scope", scope)),
    ]  # fmt: skip
    env = at.lab.environment()
    done = subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"the client could not be added: {done.stderr}")
    made: dict[str, Any] = json.loads(done.stdout)
    client = Client(
        client_id=made["client_id"], client_secret=made["client_secret"], scope=" ".join(SCOPES),
        authorize="/oauth/authorize", token="/oauth/token", userinfo="/oauth/userinfo",
        extra={"method": "face", "face": sandbox.FACE_CODE}, answer={"answer": "grant"},
    )  # fmt: skip
    return Contender("ours", (sys.executable, "-m", "api.serve"), plain, env), client


def known(at: Stage, people: Population) -> None:
    """Let the citizens be as they were after an earlier sign-in, as the peer's accounts are."""
    homes = ((people.party_id(each), sandbox.home(viewers.number(each))) for each in people.viewers)
    rows = ", ".join(f"('{party_id}'::uuid, '{region}')" for party_id, region in homes)
    at.lab.postgres.psql(
        f"UPDATE person SET level = 3, region = proved.region FROM (VALUES {rows}) AS proved (id, region)"
        " WHERE person.id = proved.id AND (level <> 3 OR person.region <> proved.region)",
        database="banshi",
    )


def forget_consents(at: Stage) -> None:
    """Let nobody have agreed to anything: our server would not ask him again, and the peer always does."""
    at.lab.postgres.psql(
        "UPDATE consent SET withdrawn_at = now() WHERE withdrawn_at IS NULL", database="banshi"
    )


def peer(at: Stage, people: Population) -> tuple[Contender, Client]:
    """Return oidc-provider with a database of its own in the same cluster, and the client it knows."""
    postgres = at.lab.postgres
    if not postgres.psql(f"SELECT 1 FROM pg_database WHERE datname = '{PEER_DATABASE}'"):
        postgres.psql(f"CREATE DATABASE {PEER_DATABASE}")
    postgres.psql((PEERS / "oidc_provider.sql").read_text(), database=PEER_DATABASE)
    rows = ", ".join(
        f"('{people.party_id(each)}', '{viewers.number(each)}', '{viewers.name(each)}')"
        for each in people.viewers
    )
    known = f"INSERT INTO oidc_account VALUES {rows} ON CONFLICT DO NOTHING"
    postgres.psql(f"TRUNCATE oidc_payload; {known}", database=PEER_DATABASE)
    client = Client(
        client_id="bench", client_secret="a secret of a bench", scope="openid profile",
        authorize="/auth", token="/token", userinfo="/me", extra={}, answer={},
    )  # fmt: skip
    registered = {
        "client_id": client.client_id, "client_secret": client.client_secret,
        "redirect_uris": [CALLBACK], "response_types": ["code"], "grant_types": ["authorization_code"],
    }  # fmt: skip
    env = {
        "DATABASE_URL": postgres.url(database=PEER_DATABASE), "POOL": str(POOL), "NODE_ENV": "production",
        "CLIENT": json.dumps(registered),
    }  # fmt: skip
    return Contender("oidc_provider", (str(NODE), str(PEERS / "oidc_provider.mjs")), plain, env), client


def told(port: int, client: Client, citizens: list[Any], *, at_once: int, seconds: float) -> str:
    """Return what bench.sign_in.storm reads."""
    return json.dumps(
        {
            "port": port,
            "client": asdict(client),
            "citizens": citizens,
            "at_once": at_once,
            "seconds": seconds,
        }
    )

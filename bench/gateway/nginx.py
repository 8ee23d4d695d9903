"""nginx as a reverse proxy that does nothing else: `python -m bench.gateway.nginx FOLDER UPSTREAM APP`.

Two workers and connections that are kept open on both sides; PORT names its own port.  What it needs to write
goes into the folder; who starts it as root gets it as nobody.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from storage.embedded.place import unprivileged
from storage.embedded.process import LIBC, PR_SET_PDEATHSIG

CONFIG = """
daemon off;
worker_processes 2;
pid nginx.pid;
error_log stderr warn;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  keepalive_requests 100000000;
  upstream back_end {{
    server 127.0.0.1:{upstream};
    keepalive 128;
    keepalive_requests 100000000;
  }}
  server {{
    listen 127.0.0.1:{port};
    location /gw/{app}/ {{
      proxy_pass http://back_end/apis/;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }}
  }}
}}
"""


def program() -> str:
    """Return where nginx is; end with what to do when it is missing."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        sys.exit("nginx is missing: scripts/setup-interop installs it")
    return found


def version() -> str:
    """Return which nginx it is."""
    said = subprocess.run([program(), "-v"], capture_output=True, text=True).stderr
    return said.rpartition("/")[2].partition(" ")[0].strip()


def main() -> None:
    """Become nginx."""
    folder, upstream, app = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "nginx.conf"
    config.write_text(CONFIG.format(upstream=upstream, port=os.environ["PORT"], app=app))
    if (user := unprivileged()) is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)  # which another user's process has to ask for anew
    os.execv(program(), ["nginx", "-p", str(folder), "-c", str(config), "-e", "stderr"])


if __name__ == "__main__":
    main()

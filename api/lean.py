"""Keeps out of a process what other packages load wherever it is installed, and nothing of ours uses.

Imported before anything else.  Measured in an API process: pydantic 10 MiB and 0.27 s (by a plugin of
Litestar's), rich 3 MiB (structlog), cffi 1 MiB and 0.05 s (for minio's commands of an administrator).
"""

import sys

UNUSED = ("pydantic", "rich", "cffi")

for _name in UNUSED:
    sys.modules.setdefault(_name, None)  # type: ignore[arg-type]  # whoever tries to import it finds none

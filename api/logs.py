"""Logs: one JSON object per line, with no personal data in it.

Two locks.  A key that is not listed in ALLOWED has its value withheld, so a new key is a decision
made here.  And every text, listed or not, loses what looks like a number of a person (ID card,
permit, phone, bank card), an e-mail address, a token, or Chinese characters (names, addresses).
"""

import logging
import logging.config
import re
from collections.abc import Mapping, MutableMapping
from typing import Any
from uuid import UUID

import msgspec
import structlog
from structlog.tracebacks import ExceptionDictTransformer

ALLOWED = frozenset(
    {
        # written by structlog itself
        "event",
        "level",
        "at",
        "exception",
        "logger",
        # one request
        "request_id",
        "route",
        "method",
        "status",
        "duration_ms",
        "operation",
        "codes",
        "path",
        # the chain of the audit, and clients of the provider
        "age_s",
        "waits_s",
        "client_id",
        # facts and jobs
        "fact_id",
        "job_id",
        "task",
        "type",
        "attempt",
        "attempts",
        "tries",
        "starts",
        "outcome",
        "seq",
        "lag_s",
        "error",
        "rows",
        "clock",
        "duty",
        "defer",
        # ids of rows
        "case_id",
        "party_id",
        "version_id",
        "material_id",
        "upload_id",
        "department_id",
        "item_code",
        "app_id",
        "media_type",
        "sha256",  # withheld all the same where it looks like a token
        # servers and processes
        "server",
        "process",
        "pid",
        "port",
        "seconds",
        "count",
        "reason",
        "name",
        "version",
        "year",
        "system",
        "restarts",
        "state",
        "signal",
    }
)

MASK = "***"
WITHHELD = "(withheld)"
PERSONAL = re.compile(
    r"""
      (?<![0-9A-Za-z]) [0-9]{17}[0-9Xx] (?![0-9A-Za-z])       # ID card, residence permits, foreign card
    | (?<![0-9A-Za-z]) [0-9]{15} (?![0-9A-Za-z])              # ID card of the first generation
    | (?<![0-9A-Za-z]) (?:\+?86[- ]?)? 1[3-9][0-9] [- ]? [0-9]{4} [- ]? [0-9]{4} (?![0-9A-Za-z])  # phone
    | (?<![0-9A-Za-z]) [0-9]{16,19} (?![0-9A-Za-z])           # bank card
    | (?<![0-9A-Za-z]) [A-Z]{1,2}[0-9]{7,9} (?![0-9A-Za-z])   # passport and travel permits
    | [\w.+\-]+ @ [\w.\-]+ \. [A-Za-z]{2,}               # e-mail
    | (?<![0-9A-Za-z]) (?=[A-Za-z_\-]*[0-9]) (?=[a-z0-9_\-]*[A-Z]) [A-Za-z0-9_\-]{40,}  # tokens and keys
    | (?<![0-9A-Za-z]) [as]?[0-9a-f]{64} (?![0-9A-Za-z])      # tokens of sessions and mini-apps, signatures
    | [㐀-鿿豈-﫿]+                           # Chinese: names, addresses, what people write
    """,
    re.VERBOSE,
)

Line = MutableMapping[str, Any]


def keep_safe(_: Any, __: str, line: Line) -> Line:
    """Withhold keys that are not listed and mask what looks personal in all others."""
    for key, value in line.items():
        line[key] = _masked(value) if key in ALLOWED else WITHHELD
    return line


def _masked(value: Any) -> Any:
    if isinstance(value, (bool, float, UUID)) or value is None:
        return value
    if isinstance(value, int):
        return MASK if PERSONAL.fullmatch(str(value)) else value
    if isinstance(value, Mapping):
        return {mask(str(key)): _masked(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_masked(each) for each in value]
    return mask(str(value))


def mask(text: str) -> str:
    """Return `text` without what looks personal."""
    return PERSONAL.sub(MASK, text)


def _to_json(_: Any, __: str, line: Line) -> str:
    return msgspec.json.encode(line).decode()


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False, max_frames=20)),
]


def configure() -> None:
    """Send every log of this process, ours and libraries', to standard output through the two locks.

    uvicorn's access log is not among them: the edge writes one line per request.
    """
    structlog.configure(
        processors=[*SHARED, keep_safe, _to_json],
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "json": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": SHARED,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        keep_safe,
                        _to_json,
                    ],
                }
            },
            "handlers": {
                "out": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stdout"}
            },
            "root": {"handlers": ["out"], "level": "WARNING"},
            "loggers": {"uvicorn.access": {"handlers": [], "propagate": False}},
        }
    )

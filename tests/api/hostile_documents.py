"""Requests made to cost the server dear, and what each one costs: `python -m tests.api.hostile_documents`.

Measured is the whole way from the body to the answer, in a process of its own without coverage: the least
CPU time of a few tries with nothing remembered, and the largest growth of memory in one more.
"""

import asyncio
import gzip
import json
import time
import tracemalloc
from typing import Any

import httpx
from msgspec.structs import replace

from api.graphql import operations
from tests.api.conftest import serving, some_settings

GRAPHQL = "application/graphql-response+json"
ENOUGH_S = 0.025  # half of what is allowed: no need to try again
TRIES = 6


def times(count: int, piece: str, *, between: str = " ") -> str:
    """`piece` so often, with its number for {i} and the next one for {n}."""
    return between.join(piece.replace("{i}", str(i)).replace("{n}", str(i + 1)) for i in range(count))


def nested(count: int, head: str, middle: str, tail: str) -> str:
    return head * count + middle + tail * count


CLOSED = "{pageInfo{hasNextPage}}"
PREPARE = 'neededMaterials(code: "x", answers: %s) { unknown }'
ANSWERS = f"query($a:[Answer!]!){{{PREPARE % '$a'}}}"
WIDE = "materials{kind name satisfiedBy} questions{id choices{value}} fields{id choices{value}} faq{answer}"

TEXTS: dict[str, tuple[str, str]] = {
    # depth
    "depth of fields": ("OPERATION_TOO_LARGE", nested(60, "{viewer", "{id}", "}")),
    "depth beyond the parser": ("GRAPHQL_SYNTAX", nested(400, "{viewer", "{id}", "}")),
    "depth that never closes": ("GRAPHQL_SYNTAX", "{a" * 5_000),
    "depth of inline fragments": ("GRAPHQL_SYNTAX", nested(240, "{...", "{requestId}", "}")),
    "depth of lists in a literal": ("GRAPHQL_SYNTAX", f"{{{PREPARE % nested(400, '[', '', ']')}}}"),
    "depth of objects in a literal": ("GRAPHQL_SYNTAX", f"{{{PREPARE % nested(240, '{a:', '1', '}')}}}"),
    "depth of a variable's type": (
        "GRAPHQL_SYNTAX",
        f"query($a:{nested(400, '[', 'Int', ']')}){{requestId}}",
    ),
    # numbers of things
    "tokens": ("OPERATION_TOO_LARGE", "{" + "requestId " * 1_900 + "}"),
    "tokens that are comments": ("OPERATION_TOO_LARGE", "{" + "#\n" * 9_000 + "requestId}"),
    "aliases of one field": ("OPERATION_TOO_LARGE", f"{{{times(320, 'a{i}:requestId')}}}"),
    "aliases of the schema": ("OPERATION_TOO_LARGE", f"{{{times(90, 'a{i}:__schema{types{name}}')}}}"),
    "directives": ("OPERATION_TOO_LARGE", "{requestId" + " @skip(if:false)" * 150 + "}"),
    "directives unknown": ("OPERATION_TOO_LARGE", "{requestId" + " @x" * 480 + "}"),
    "operations": ("OPERATION_TOO_LARGE", times(190, "query q{i}{requestId}")),
    "operations of one name": ("GRAPHQL_INVALID", times(20, "query q{requestId}")),
    "operations without a name": ("GRAPHQL_INVALID", "{requestId}" * 20),
    "variables": ("GRAPHQL_INVALID", f"query({times(240, '$v{i}:Int')}){{requestId}}"),
    "variables of one name": ("GRAPHQL_INVALID", f"query({'$v:Int ' * 240}){{requestId}}"),
    "variables never declared": ("GRAPHQL_INVALID", f"{{{times(120, 'f{i}(x:$v{i})')}}}"),
    "arguments unknown": ("GRAPHQL_INVALID", f"{{item({times(320, 'c{i}:1')}){{id}}}}"),
    "arguments twice": ("GRAPHQL_INVALID", f"{{item({times(320, 'code:1')}){{id}}}}"),
    "fields unknown": ("GRAPHQL_INVALID", f"{{{times(900, 'requestI{i}')}}}"),
    "types unknown": ("GRAPHQL_INVALID", "{...f0}" + times(120, "fragment f{i} on T{i}{id}")),
    "definitions of types": ("GRAPHQL_INVALID", "{requestId}" + times(120, "type T{i}{a:Int}")),
    "list in a literal": ("GRAPHQL_INVALID", f"{{{PREPARE % ('[' + '1 ' * 940 + ']')}}}"),
    "object in a literal": ("GRAPHQL_INVALID", f"{{{PREPARE % ('[{' + times(300, 'k{i}:1') + '}]')}}}"),
    "object of one key": ("GRAPHQL_INVALID", f"{{{PREPARE % ('[{' + 'id:1 ' * 300 + '}]')}}}"),
    # fragments
    "fragments that double": (
        "OPERATION_TOO_LARGE",
        "{...f0}" + times(60, "fragment f{i} on Query{...f{n} ...f{n}}") + "fragment f60 on Query{requestId}",
    ),
    "fragments that double under fields": (
        "OPERATION_TOO_LARGE",
        "{viewer{...f0}}"
        + times(30, "fragment f{i} on Viewer{posts{department{id}} ...f{n} ...f{n}}")
        + "fragment f30 on Viewer{id}",
    ),
    "fragment of itself": ("GRAPHQL_INVALID", "{...a} fragment a on Query{...a}"),
    "fragments in a circle": (
        "GRAPHQL_INVALID",
        "{...f0}" + times(99, "fragment f{i} on Query{...f{n}}") + "fragment f99 on Query{...f0}",
    ),
    "fragments in circles of all with all": (
        "OPERATION_TOO_LARGE",
        "{...f0}" + times(15, "fragment f{i} on Query{" + times(15, "...f{i}") + "}"),
    ),
    "fragments in a chain": (
        "GRAPHQL_INVALID",
        "{...f0}" + times(110, "fragment f{i} on Query{...f{n}}") + "fragment f110 on Query{gone}",
    ),
    "fragments unused": ("GRAPHQL_INVALID", "{requestId}" + times(140, "fragment f{i} on Query{requestId}")),
    "fragments of one name": ("GRAPHQL_INVALID", "{...a}" + "fragment a on Query{requestId}" * 140),
    # fields that have to be compared with one another
    "repetitions of a field": ("OPERATION_TOO_LARGE", "{" + "requestId " * 980 + "}"),
    "repetitions of an object": (
        "OPERATION_TOO_LARGE",
        "{" + "viewer{id posts{id department{id}}} " * 70 + "}",
    ),
    "repetitions at two levels": (
        "OPERATION_TOO_LARGE",
        "{" + ("viewer{" + "posts{id} " * 9 + "} ") * 25 + "}",
    ),
    "repetitions in inline fragments": ("OPERATION_TOO_LARGE", "{" + "...{viewer{id}} " * 140 + "}"),
    "repetitions in fragments": (
        "OPERATION_TOO_LARGE",
        f"{{{times(70, '...f{i}')}}}" + times(70, "fragment f{i} on Query{viewer{id}}"),
    ),
    "repetitions that differ": ("OPERATION_TOO_LARGE", f"{{{times(90, 'item(code:{i}){id}')}}}"),
    # what the schema says of itself
    "introspection": ("GRAPHQL_INVALID", nested(4, "{__schema{types{fields", "{name}", "}}}")),
    "introspection repeated": ("OPERATION_TOO_LARGE", "{" + "__schema{types{name}} " * 160 + "}"),
    # long words
    "a long name": ("OPERATION_TOO_LARGE", "{" + "a" * 90_000 + "}"),
    "a name as long as allowed": ("GRAPHQL_INVALID", "{" + "a" * 19_900 + "}"),
    "a long text": ("OPERATION_TOO_LARGE", '{item(code:"' + "x" * 90_000 + '"){id}}'),
    "a text that never ends": ("GRAPHQL_SYNTAX", '{item(code:"' + "x" * 19_900),
    "a block of text that never ends": ("GRAPHQL_SYNTAX", '{item(code:"""' + ' ""' * 6_600),
    "a block of empty lines": ("GRAPHQL_INVALID", '{gone(code:"""' + " \n" * 9_900 + '"""){id}}'),
    "escaped halves of characters": ("GRAPHQL_SYNTAX", '{item(code:"' + "\\ud800" * 3_000 + '"){id}}'),
    "line breaks": ("GRAPHQL_SYNTAX", "\n" * 19_990 + "{"),
    "a huge whole number": ("GRAPHQL_INVALID", "{cases(first:" + "9" * 19_900 + ")" + CLOSED + "}"),
    "a huge fraction": ("GRAPHQL_INVALID", "{cases(first:1e" + "9" * 19_900 + ")" + CLOSED + "}"),
    # strange characters
    "the character NUL": ("GRAPHQL_INVALID", "{requestId \0}"),
    "the character NUL, escaped": ("GRAPHQL_INVALID", '{item(code:"' + "\\u0000" * 3_000 + '"){id}}'),
    "names of emoji": ("GRAPHQL_SYNTAX", "{" + "😀" * 5_000 + "}"),
    "names of Chinese": ("GRAPHQL_SYNTAX", "{" + "办事" * 5_000 + "}"),
    "text from right to left": ("GRAPHQL_SYNTAX", "{\u202e}dItseuqer{"),
    # dear answers
    "lists in lists": ("OPERATION_TOO_COSTLY", f"{{items(first:100){{edges{{node{{{WIDE}}}}}}}}}"),
}
VARIABLES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a page as long as a number goes": (
        "OPERATION_TOO_COSTLY",
        f"query($n:Int!){{items(first:$n){{edges{{node{{{WIDE}}}}}}}}}",
        {"n": 2**31 - 1},
    ),
    "many pages of one variable": (
        "OPERATION_TOO_COSTLY",
        f"query($n:Int!){{{times(15, 'a{i}:items(first:$n){edges{node{id}}}')}}}",
        {"n": 100},
    ),
    "a page of a huge number": (
        "VARIABLES_INVALID",
        f"query($n:Int!){{cases(first:$n){CLOSED}}}",
        {"n": -(10**18)},
    ),
    "numbers without end": ("OPERATION_TOO_LARGE", ANSWERS, {"a": [1] * 45_000}),
    "objects without end": ("OPERATION_TOO_LARGE", ANSWERS, {"a": [{}] * 30_000}),
    "keys without end": ("OPERATION_TOO_LARGE", ANSWERS, {"a": [{f"k{i}": i for i in range(7_000)}]}),
    "variables that are not declared": (
        "OPERATION_TOO_LARGE",
        "{requestId}",
        {f"k{i}": i for i in range(7_000)},
    ),
    "numbers, as many as allowed": ("VARIABLES_INVALID", ANSWERS, {"a": [1] * 4_900}),
    "objects, as many as allowed": ("VARIABLES_INVALID", ANSWERS, {"a": [{}] * 4_900}),
    "keys, as many as allowed": ("VARIABLES_INVALID", ANSWERS, {"a": [{f"k{i}": i for i in range(4_900)}]}),
    "a long text for an id": ("VARIABLES_INVALID", "query($i:UUID!){case(id:$i){id}}", {"i": "f" * 90_000}),
    "a long text for a number": (
        "VARIABLES_INVALID",
        f"query($n:Int!){{cases(first:$n){CLOSED}}}",
        {"n": "9" * 90_000},
    ),
    "the character NUL in variables": (
        "VARIABLES_INVALID",
        "query($c:String!){item(code:$c){id}}",
        {"c": "\0" * 15_000},
    ),
    "lists in lists in variables": (
        "VARIABLES_INVALID",
        "query($c:String!){item(code:$c){id}}",
        {"c": json.loads(nested(400, "[", "", "]"))},
    ),
}
BODIES: dict[str, tuple[str, bytes]] = {
    "a batch": ("BAD_REQUEST", b"[" + b",".join([b'{"query":"{requestId}"}'] * 4_000) + b"]"),
    "nested JSON": ("BAD_REQUEST", b'{"query":"{requestId}","variables":{"a":' + b"[" * 95_000),
    "nested objects of JSON": ("BAD_REQUEST", b'{"query":"{requestId}","variables":' + b'{"a":' * 19_000),
    "the same key again and again": (
        "GRAPHQL_SYNTAX",
        b"{" + b'"query":"{requestId}",' * 4_000 + b'"query":"{' + b"a" * 9_000 + b"{" * 2_000 + b'"}',
    ),
    "a number of many digits": (
        "BAD_REQUEST",
        b'{"query":"{requestId}","variables":{"n":' + b"9" * 95_000 + b"e}}",
    ),
    "a body that is too long": ("BODY_TOO_LARGE", b'{"query":"{requestId}"' + b" " * 100_000 + b"}"),
    "a body of compressed zeros": ("BAD_REQUEST", gzip.compress(b"0" * 50_000_000, 9)[:99_000]),
    "a body in UTF-16": ("BAD_REQUEST", '{"query":"{requestId}"}'.encode("utf-16")),
    "half a character": ("BAD_REQUEST", b'{"query":"\\ud800"}'),
    "bytes that are no text": ("BAD_REQUEST", b'{"query":"' + b"\xff\xfe" * 40_000 + b'"}'),
    "a document's id without end": ("DOCUMENT_UNKNOWN", b'{"documentId":"sha256:' + b"0" * 95_000 + b'"}'),
    "a hash without end": (
        "PERSISTED_QUERY_NOT_SUPPORTED",
        b'{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"' + b"0" * 95_000 + b'"}}}',
    ),
    "an operation's name without end": (
        "GRAPHQL_INVALID",
        b'{"query":"{requestId}","operationName":"' + b"a" * 95_000 + b'"}',
    ),
}


def requests() -> dict[str, tuple[str, bytes]]:
    """Every request by its name: the code it is refused with, and its body."""
    made = {name: (code, {"query": text}) for name, (code, text) in TEXTS.items()}
    made |= {
        name: (code, {"query": text, "variables": given}) for name, (code, text, given) in VARIABLES.items()
    }
    encoded = {
        name: (code, json.dumps(body, separators=(",", ":")).encode()) for name, (code, body) in made.items()
    }
    return {**encoded, **BODIES}


async def cost(server: httpx.AsyncClient, body: bytes) -> dict[str, Any]:
    """Send `body` until it was cheap once; answer its codes, CPU in ms, growth in MB, and what came back."""
    least_s = 1.0
    for _ in range(TRIES):
        began = time.process_time()
        answer = await _send(server, body)
        least_s = min(least_s, time.process_time() - began)
        if least_s < ENOUGH_S:
            break
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    await _send(server, body)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {
        "codes": sorted({error["extensions"]["code"] for error in answer.json()["errors"]}),
        "cpu_ms": round(least_s * 1_000, 1),
        "growth_mb": round((peak - before) / 1e6, 2),
        "answer_bytes": len(answer.content),
    }


async def _send(server: httpx.AsyncClient, body: bytes) -> httpx.Response:
    operations.forget()
    headers = {"content-type": "application/json", "accept": GRAPHQL}
    return await server.post("/graphql", content=body, headers=headers)


async def measure() -> dict[str, dict[str, Any]]:
    """Return what every request costs a server in production mode."""
    settings = replace(some_settings(clock="system"), mode="production", verifier="none")
    async with serving(settings) as server:
        await _send(server, b'{"query":"{requestId gone}"}')
        return {name: await cost(server, body) for name, (_, body) in requests().items()}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure())))  # the last line: the server's log goes before

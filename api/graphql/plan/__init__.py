"""Fast paths for a GraphQL server over PostgreSQL: a library that knows Strawberry and nothing of its users.

    Strawberry types + `rows`, `column`, `linked`, …    where each field comes from    sources.py
    root fields      + `Root`, `Kept`                   whose rows, which arguments    roots.py
                │
    document ── select.py ── a tree of chosen fields, one for each setting of @skip and @include
                │
                ├─ compile.py ─ sql.py, statements.py, relay.py, leaves.py ── Plan (segments.py): one SQL
                │      │
                │      └─ running.py   bind (arguments.py), exchange what is alike (sharing.py)
                │                      → kept bytes (runtime/fragments, dropped by news)
                │                      → one row of arrays in a shared statement (runtime/batching)
                │                      → places for Python filled (filling.py)
                │                      → parts, compressed (runtime/compression)
                │
                └─ generated/ ── the same resolvers, level by level, where SQL cannot answer

A plan never makes an error.  It answers None to whatever is not as it should be, and the operation
runs on a path that says what is wrong: so a plan's answer is the reference's answer, or none.
"""

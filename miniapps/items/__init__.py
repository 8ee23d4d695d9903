"""Service items: texts that compile to immutable versions (事项)."""

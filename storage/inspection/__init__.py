"""Says whether a file is what it claims to be and nothing else; the parsers run in a process of their own."""

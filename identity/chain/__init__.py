"""The chain over the audit: rows in one order, each with the hash of all before it, the end of it signed."""

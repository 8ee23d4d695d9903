"""Real PostgreSQL, Valkey and SeaweedFS from Python wheels, on loopback, for `scripts/run` and the tests."""

"""Speaks: what a mini-app and the platform must agree on, usable alone."""

"""Listens: the only package that knows a wire."""

"""Servers that ours is measured against, each written as its own documentation says."""

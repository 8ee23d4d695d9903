"""Wires that are not GraphQL."""

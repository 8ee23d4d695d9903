"""Remembers: rows, objects, jobs, facts."""

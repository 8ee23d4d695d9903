"""Counts how often a citizen had to travel for a case, and says what proves it (跑动)."""

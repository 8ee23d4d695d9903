"""Stores: the little that a mini-app keeps of a citizen at the platform (应用存储)."""

"""Lays out the mini-apps for citizens, and hears what they say of them (应用目录、评价、体验官)."""

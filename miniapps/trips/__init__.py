"""Trips: every physical visit, its cause, and the verdict of a case (跑动)."""

"""Tells people what happened: one inbox per party (消息)."""

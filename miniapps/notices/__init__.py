"""The inbox of each party: what the platform has to tell (消息)."""

"""Knows who: people, firms, staff, developers, sessions, consent."""

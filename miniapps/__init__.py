"""Does the work: one slice per duty."""

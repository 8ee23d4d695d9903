"""Which version whom, how a release rises, what halts it and what stops an app.  No I/O, no clock."""

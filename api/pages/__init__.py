"""Pages a citizen meets in a browser: signing in, consenting, his account.  Plain forms, no script needed."""

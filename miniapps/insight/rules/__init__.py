"""What is counted of a mini-app, and from when on it is a problem.  No I/O, no clock."""

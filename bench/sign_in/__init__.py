"""Full sign-ins: from a client's link to what its user info says."""

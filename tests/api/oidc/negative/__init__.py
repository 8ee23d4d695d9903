"""What the provider must refuse: tables of requests with one thing changed, and the exact refusal."""

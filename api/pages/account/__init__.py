"""The citizen's account: who he is, where he is signed in, whom he lets do what, who looked at his data."""

"""Acme: connected by an access token, one kind of account, posts with pictures."""

"""Mastodon: any instance, by its own app and token."""

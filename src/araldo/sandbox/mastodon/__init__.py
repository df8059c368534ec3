"""A Mastodon instance: its REST API and OAuth, from Mastodon's documentation and source."""

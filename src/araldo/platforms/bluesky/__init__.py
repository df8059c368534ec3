"""Bluesky: accounts of the AT Protocol, on the server (PDS) of any host."""

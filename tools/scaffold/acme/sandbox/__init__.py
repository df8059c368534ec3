"""Acme's API: what a client that posts uses. Name here the documentation that it follows."""

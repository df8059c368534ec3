"""Workflows: multi-step operations on posts, accounts and notifications that can be repeated after a crash."""

"""Workspaces and the keys that programs use them with."""

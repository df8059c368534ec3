"""Workspaces, users, sessions, API keys, permissions, the brand kit and the audit log."""

"""Backup files: a tar archive with a snapshot of the database in SQLite's format, the pictures, and a manifest."""

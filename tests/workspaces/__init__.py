"""Tests of araldo.workspaces."""

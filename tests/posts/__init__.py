"""Tests of araldo.posts."""

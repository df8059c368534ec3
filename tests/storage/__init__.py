"""Tests of araldo.storage."""

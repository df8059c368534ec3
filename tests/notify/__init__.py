"""Tests of araldo.notify."""

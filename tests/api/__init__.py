"""Tests of araldo.api."""

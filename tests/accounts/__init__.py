"""Tests of araldo.accounts."""

"""Tests of araldo.media."""

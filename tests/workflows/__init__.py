"""Tests of araldo.workflows."""

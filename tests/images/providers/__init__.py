"""Tests of picture providers."""

"""Publish a delivery exactly once, and settle what is unclear."""

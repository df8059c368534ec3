"""Claim deliveries, hold their leases, run their jobs, record how these end."""

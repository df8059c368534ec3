"""What happens in which order, and again after a crash."""

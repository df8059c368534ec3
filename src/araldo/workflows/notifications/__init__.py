"""Tell of events by webhook and mail."""

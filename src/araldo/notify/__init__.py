"""Notifications by webhook and mail: which events are sent, to whom, and with what content."""

"""Links, hashtags and mentions in a text."""

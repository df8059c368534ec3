"""Telegram: channels that a bot of one's own posts to, through the Bot API."""

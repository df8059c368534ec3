"""Telegram's Bot API: what a bot that posts to channels uses, from its documentation and its server's source."""

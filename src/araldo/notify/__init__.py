"""Telling somebody outside: what is news, who wants it, and in which words."""

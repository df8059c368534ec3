"""Connect and inspect accounts; sign users in."""

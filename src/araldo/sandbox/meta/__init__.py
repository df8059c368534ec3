"""Meta's Graph API: tokens, Pages and Instagram accounts."""

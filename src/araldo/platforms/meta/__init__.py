"""Meta: Facebook Pages and Instagram accounts, posts and stories, through the Graph API."""

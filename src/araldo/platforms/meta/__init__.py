"""Meta: Facebook Pages, Instagram feed and stories through the Graph API."""

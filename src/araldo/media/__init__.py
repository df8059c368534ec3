"""Pictures that a workspace has, and the signed addresses they are fetched by."""

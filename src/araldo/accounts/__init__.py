"""Connected places: Pages and Instagram accounts, with their sealed tokens and their health."""

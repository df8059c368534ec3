"""Connected accounts: Facebook Pages and Instagram accounts, with their sealed tokens and their health."""

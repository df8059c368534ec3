"""Keep the database and the disk in order, and say whether this process is well."""

"""Where things are kept: the database, blobs on disk, sealed tokens, and the record of what happened."""

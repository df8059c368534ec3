"""HTTP in: one file a noun, no rules, no SQL."""

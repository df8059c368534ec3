"""Build the documentation site from docs/ and CHANGELOG.md."""

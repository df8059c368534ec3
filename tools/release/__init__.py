"""Build a release and check it: wheel, sdist, software bill of materials and release notes."""

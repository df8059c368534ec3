"""The studio in a real browser, before a real Araldo with a sandbox."""

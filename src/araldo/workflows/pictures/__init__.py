"""Generate, import, fit and store pictures."""

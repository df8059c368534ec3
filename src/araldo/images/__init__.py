"""Making pictures, and making them fit."""

"""The gallery: every style in every ratio with every sample, for a person to look at."""

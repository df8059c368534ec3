"""The gallery: every style in every ratio with every sample, to be looked at."""

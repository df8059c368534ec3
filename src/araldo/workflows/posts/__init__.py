"""Create, change, schedule and repeat posts."""

"""What people write, and what becomes of it on each platform."""

"""Pictures: what a place accepts, making any picture fit it, and who makes them."""

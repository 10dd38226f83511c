"""What lasts between a provider and a client beyond one appointment: how the client pays."""

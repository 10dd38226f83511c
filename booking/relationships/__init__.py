"""What a provider and a client share beyond one appointment: how the client pays."""

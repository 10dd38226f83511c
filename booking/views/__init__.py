"""HTTP for booking, by who looks: anyone with the link, the client, the provider."""

"""The pages of this app, by who looks."""

"""English formats: the admin's times name their zone."""

DATETIME_FORMAT = "M j, Y, g:i A e"

"""Calls and sessions once there is one: schedule, move, cancel, outcome, link, history, mail."""

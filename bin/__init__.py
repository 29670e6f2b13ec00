"""The two commands, and what they share."""

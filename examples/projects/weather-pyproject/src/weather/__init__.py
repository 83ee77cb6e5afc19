"""Sums up weather notes: one line a day, one line a month."""

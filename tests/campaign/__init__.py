"""Trouble on purpose: kills, freezes, cuts, storms and damage, and what a reader of the channels gets to see.

`python -m tests.campaign --seed 1` runs every row and prints a table; `--short` a few trials of each, `--row NAME` one
row alone. Processes of the bot with the real client libraries speak to a Discord and a Slack played on loopback; a
digest is lost if its channel never shows it whole, doubled if the channel shows a part of it twice.

The platforms' and our own waiting times are scaled by one factor together, printed above the table.
"""

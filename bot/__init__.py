"""Dateline: a news-digest bot that quotes and never invents.

A stored corpus of articles is condensed into short digests, posted on schedule and asked by command; every
sentence shown is a verbatim span of a stored article, cited and checked when it is sent.

Read in this order: `model` and `message` (the nouns), `ports` (the two sockets), `commands` (what a reader can
ask), `digest`, `timeline` and `source` (how it is answered), `corpus` and `ingest` (how articles come in),
`polling` (how feeds are kept up with), `delivery` (how nothing is lost), `verbs` (how it is joined).
"""

import gc

# An answer makes tens of thousands of small objects and lets nearly all of them go: by its own thresholds the garbage
# collector would look through them dozens of times, a fifth of the answer's time.
gc.set_threshold(20_000, 20, 20)

"""Plausibility before statistics (decision 34): what cannot be true stops a run, what is doubtful is said with counts.

`checks` lists every check with its threshold, `limits` holds the thresholds, and each other module looks at one subject. No finding
holds a value of a person.
"""

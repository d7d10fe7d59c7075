"""The order of all steps, what they share, and how the chapters are run."""

"""The book without a network: a service worker that keeps it, and the whole of it as one file."""

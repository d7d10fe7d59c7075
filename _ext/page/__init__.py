"""A page: its mathematics, pictures, folds and tables, what surrounds it, and the search."""

"""wuv.algebra: formulas as they are written, and what they mean."""

"""Sentences made from facts, and the checker that re-reads them as a reader would."""

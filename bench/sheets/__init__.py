"""Invented forms of another office than the samples': other layouts, fonts, spellings and wear, all by a seed."""

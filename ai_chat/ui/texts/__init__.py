"""The page's own words, a table for each view. What went wrong is not here: those sentences stand in errors/rows."""

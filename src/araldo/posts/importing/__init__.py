"""Posts from the rows of a table: which column is what, what its dates and times mean, and each row's problems."""

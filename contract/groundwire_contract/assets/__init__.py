"""Assets: the records of a catalog as values, and the catalog at an instant."""

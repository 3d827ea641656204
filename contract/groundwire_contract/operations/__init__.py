"""What Earth Engine does with a valid request: start an export, and let its operation live."""

"""Rules by which the contract refuses a request or fails an operation, with their evidence and refusals."""

"""The contract as an OpenAPI 3.1 document, for tools that know nothing of Google's APIs."""

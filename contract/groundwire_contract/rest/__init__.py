"""The front end of OpenAPI documents: what a document states is all that is known of its service."""

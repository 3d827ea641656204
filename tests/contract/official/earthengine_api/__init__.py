"""Programs of earthengine-api, as its guide and reference show them."""

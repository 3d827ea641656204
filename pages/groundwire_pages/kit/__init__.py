"""The toolkit of both pages: elements, assets, page skeleton, times."""

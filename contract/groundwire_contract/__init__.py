"""A local server that is as strict as Earth Engine's image:export, and the pytest fixture that runs it."""

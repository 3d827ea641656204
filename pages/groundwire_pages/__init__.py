"""The HTML of the status page and of the diff page, on one toolkit and one style sheet.

Renders plain values and imports no other package of Groundwire. Callers import it when the first page is asked for.
"""

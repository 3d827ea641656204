"""The status page at `/`: what the contract holds, written as HTML on the server. Imported at the first visit.

Looking changes nothing: no request is remembered and no clock moves.
"""

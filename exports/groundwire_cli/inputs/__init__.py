"""Inputs of exports: request files, scripts, tiles. All of an input is read and checked before anything starts."""

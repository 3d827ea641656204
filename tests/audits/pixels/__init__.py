"""The pixels of exports, counted here and by PROJ and GEOS."""

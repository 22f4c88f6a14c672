"""The Kling models, one module each: a module that defines MODEL is in the catalogue."""

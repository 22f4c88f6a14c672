"""Has every Python process that finds this folder on its path know the small engines, filming processes too."""

from support import small_engines

small_engines.register()

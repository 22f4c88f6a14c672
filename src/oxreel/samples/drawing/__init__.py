"""How the sample pictures were drawn: `python -m oxreel.samples.drawing FOLDER` draws them anew."""

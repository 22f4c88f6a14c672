"""The camera: where it stands and looks, frame by frame, as matrices from the frame into the fitted picture."""

from oxreel.engines.animatic.camera.framing import Crop, crop_of
from oxreel.engines.animatic.camera.path import PARALLAX, CameraPath, Path, arriving, camera_path, path, reach
from oxreel.engines.animatic.camera.timing import ease

__all__ = ["PARALLAX", "CameraPath", "Crop", "Path", "arriving", "camera_path", "crop_of", "ease", "path", "reach"]

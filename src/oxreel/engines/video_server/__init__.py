"""The diffusers route's second form: films by a separate inference server that speaks `/v1/videos`."""

from oxreel.engines.video_server.engine import VideoServerEngine, of_settings

__all__ = ["VideoServerEngine", "of_settings"]

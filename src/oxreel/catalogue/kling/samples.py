"""The sample values of the documents: pictures of public repositories that every hub has."""

PROMPT = "<prompt>"
BLOXY = "https://hub.oxen.ai/api/repos/elau/assets/file/main/bloxy/bloxy_cropped_512x512.png"
OX = "https://hub.oxen.ai/api/repos/ox/Oxen-AI-Assets/file/main/images/ox_zoom_out_1926_1076.png"
OX_PROMPT = (
    "Zoom into the ox, while it is walking forward on the road, "
    "change the season from winter to summer as you zoom in, cinematic"
)
OX_VIDEO = "https://hub.oxen.ai/api/repos/ox/Oxen-AI-Assets/file/main/images/winter_summer_ox.mp4"

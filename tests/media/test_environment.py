from oxreel.media.environment import chosen_environment, device_environment

HARMLESS = {
    "PATH": "/bin",
    "OXREEL_ANIMATIC_WORKERS": "1",
    "OXREEL_DIFFUSERS_STEPS": "8",
    "OXREEL_VIDEO_SERVER_MODEL": "m",
}
OF_DEVICES = {
    "HF_HOME": "/weights",
    "TORCH_HOME": "/torch",
    "PYTORCH_CUDA_ALLOC_CONF": "x",
    "CUDA_VISIBLE_DEVICES": "0,1",
}
SECRET = dict.fromkeys(
    (
        "OXREEL_API_KEY", "OXREEL_DATABASE_URL", "OXREEL_FAL_KEY", "OXREEL_VIDEO_SERVER_KEY", "OXREEL_VIDEO_SERVER_URL",
        "HF_TOKEN", "OXREEL_HF_TOKEN", "AWS_SECRET_ACCESS_KEY", "CUDA_SECRET", "SOMETHING_ELSE",
    ),
    "secret",
)  # fmt: skip


def test_a_process_for_one_film_knows_how_to_run_and_no_secret() -> None:
    assert chosen_environment({**HARMLESS, **OF_DEVICES, **SECRET}) == HARMLESS


def test_a_process_on_a_gpu_knows_where_its_weights_are_too_and_sees_that_gpu_alone() -> None:
    offline = {"HF_HUB_OFFLINE": "1"}
    known = device_environment("1", {**HARMLESS, **OF_DEVICES, **SECRET, "HF_HUB_OFFLINE": "0"})
    assert known == {**HARMLESS, **OF_DEVICES, **offline, "CUDA_VISIBLE_DEVICES": "1"}
    assert device_environment(None, {"CUDA_VISIBLE_DEVICES": ""}) == {**offline, "CUDA_VISIBLE_DEVICES": ""}

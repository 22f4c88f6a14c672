"""The files of deploy/: they parse, they fit one another, and every name in them is one that OxReel has."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml  # type: ignore[import-untyped] # comes with dbos

from oxreel.cli.main import app as command_line
from oxreel.settings import Settings
from support.hub import RunningHub

DEPLOY = Path(__file__).parents[1] / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
FILES = sorted(file for file in DEPLOY.rglob("*") if file.is_file() and file.name not in (".env", "secrets.env"))
MANIFESTS = sorted(file for file in KUBERNETES.glob("*.yaml") if file.name != "kustomization.yaml")
#: OxReel's own images.
IMAGES = ("oxreel", "oxreel-gpu")
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")


def read(file: Path) -> Any:
    return yaml.safe_load(file.read_text())


def objects(*kinds: str) -> list[dict[str, Any]]:
    """Every Kubernetes object, or those of these kinds."""
    found = [one for file in MANIFESTS for one in yaml.safe_load_all(file.read_text())]
    return [one for one in found if not kinds or one["kind"] in kinds]


def named(kind: str, name: str) -> dict[str, Any]:
    [found] = [one for one in objects(kind) if one["metadata"]["name"] == name]
    return found


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and template of everything that runs pods."""
    for one in objects("Deployment", "StatefulSet", "Job"):
        yield one["metadata"]["name"], one["spec"]["template"]


def containers() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Pod's name, container and pod's spec, of OxReel's own image."""
    for name, template in pods():
        for container in template["spec"]["containers"]:
            if container["image"] in IMAGES:
                yield name, container, template["spec"]


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = read(DEPLOY / "compose.yaml")["services"]
    return found


def env_file(file: Path) -> dict[str, str]:
    lines = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def commands() -> list[tuple[str, list[str]]]:
    """Every command line that OxReel's image is given, by where it stands."""
    ours = {name: one for name, one in services().items() if one["image"].removesuffix(":latest") in IMAGES}
    found = [(f"compose: {name}", one["command"]) for name, one in ours.items()]
    return found + [(f"kubernetes: {name}", container["args"]) for name, container, _ in containers()]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_variable_is_a_setting(file: Path) -> None:
    known = {f"OXREEL_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"\bOXREEL_[A-Z_]+\b", file.read_text())) <= known


def test_there_are_commands_to_check() -> None:
    assert len(commands()) >= 6


@pytest.mark.parametrize(("where", "words"), commands(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_command_is_one_that_the_command_line_takes(where: str, words: list[str]) -> None:
    # Typer brings a Click of its own, whose names are private.
    command: Any = typer.main.get_command(command_line)
    rest = list(words)
    while hasattr(command, "get_command"):
        found = command.get_command(command.make_context("oxreel", ["--help"], resilient_parsing=True), rest.pop(0))
        assert found is not None, f"{where}: {shlex.join(words)}"
        command = found
    # Raises for an option that there is none of, or a value that it does not take.
    command.make_context("oxreel", [str(word) for word in rest])


def test_probes_ask_for_pages_that_are_there_on_ports_that_are_listened_on(hub: RunningHub) -> None:
    asked = set()
    for name, container, _ in containers():
        ports = {port["name"]: port["containerPort"] for port in container.get("ports", [])}
        variables = {one["name"]: one["value"] for one in container.get("env", [])}
        for probe in filter(None, (container.get(kind) for kind in PROBES)):
            asked.add(probe["httpGet"]["path"])
            listens = int(variables.get("OXREEL_WORKER_PORT", "8000"))
            assert ports[probe["httpGet"]["port"]] == listens, name
    healthcheck = re.search(r"HEALTHCHECK.*'(/\w+)'", (DEPLOY / "Dockerfile").read_text())
    assert healthcheck is not None
    assert {*asked, healthcheck[1]} == {"/healthz", "/readyz"}
    for path in asked:
        assert hub.client.get(path).status_code == 200


def test_the_apis_are_ready_and_alive_by_different_pages() -> None:
    for name, container, _ in containers():
        if name != "migrate":
            assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
            assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"


@pytest.mark.parametrize("one", objects(), ids=lambda one: f"{one['kind']}-{one['metadata']['name']}")
def test_every_object_has_what_its_kind_requires(one: dict[str, Any]) -> None:
    versions = {
        "Namespace": "v1", "Service": "v1", "Deployment": "apps/v1", "StatefulSet": "apps/v1", "Job": "batch/v1",
        "HorizontalPodAutoscaler": "autoscaling/v2", "PodDisruptionBudget": "policy/v1", "PersistentVolumeClaim": "v1",
        "Ingress": "networking.k8s.io/v1", "NetworkPolicy": "networking.k8s.io/v1",
    }  # fmt: skip
    assert one["apiVersion"] == versions[one["kind"]]
    assert re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", one["metadata"]["name"])
    if one["kind"] in ("Deployment", "StatefulSet"):
        wanted = one["spec"]["selector"]["matchLabels"]
        assert wanted.items() <= one["spec"]["template"]["metadata"]["labels"].items()
    if one["kind"] == "StatefulSet":
        assert named("Service", one["spec"]["serviceName"])["spec"]["clusterIP"] == "None"
    if one["kind"] == "HorizontalPodAutoscaler":
        target = one["spec"]["scaleTargetRef"]
        assert named(target["kind"], target["name"])["apiVersion"] == target["apiVersion"]
        assert one["spec"]["minReplicas"] < one["spec"]["maxReplicas"]


def test_selectors_find_pods_and_services_find_ports() -> None:
    labels = [template["metadata"]["labels"] for _, template in pods()]

    def found(selector: dict[str, Any]) -> bool:
        wanted = selector.get("matchLabels", {}).items()
        among = selector.get("matchExpressions", [])
        return any(
            wanted <= one.items() and all(one.get(rule["key"]) in rule["values"] for rule in among) for one in labels
        )

    for one in objects("PodDisruptionBudget"):
        assert found(one["spec"]["selector"]), one["metadata"]["name"]
    for one in objects("NetworkPolicy"):
        assert found(one["spec"]["podSelector"]), one["metadata"]["name"]
        for rule in [*one["spec"].get("ingress", []), *one["spec"].get("egress", [])]:
            for peer in [*rule.get("from", []), *rule.get("to", [])]:
                assert "podSelector" not in peer or found(peer["podSelector"]), one["metadata"]["name"]
    for service in objects("Service"):
        assert found({"matchLabels": service["spec"]["selector"]})
        [container] = [
            template["spec"]["containers"][0]
            for _, template in pods()
            if service["spec"]["selector"].items() <= template["metadata"]["labels"].items()
        ]
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= {one["name"] for one in container["ports"]}
    backends = [
        path["backend"]["service"]
        for one in objects("Ingress")
        for rule in one["spec"]["rules"]
        for path in rule["http"]["paths"]
    ]
    for backend in backends:
        ports = {port["name"] for port in named("Service", backend["name"])["spec"]["ports"]}
        assert backend["port"]["name"] in ports


def test_no_pod_runs_as_root_or_gains_rights() -> None:
    for name, template in pods():
        spec = template["spec"]
        assert spec["securityContext"]["runAsNonRoot"], name
        for container in [*spec.get("initContainers", []), *spec["containers"]]:
            assert container["securityContext"]["allowPrivilegeEscalation"] is False
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)


def test_workers_are_given_longer_than_they_drain() -> None:
    drained = 0
    for _, container, spec in containers():
        for one in container.get("env", []):
            if one["name"] == "OXREEL_DRAIN_SECONDS":
                assert spec["terminationGracePeriodSeconds"] > int(one["value"])
                drained += 1
    for one in services().values():
        if "OXREEL_DRAIN_SECONDS" in one.get("environment", {}):
            assert int(one["stop_grace_period"].removesuffix("s")) > int(one["environment"]["OXREEL_DRAIN_SECONDS"])
            drained += 1
    assert drained == 4


def test_volumes_secrets_and_configurations_that_are_named_are_there() -> None:
    kustomization = read(KUBERNETES / "kustomization.yaml")
    assert {KUBERNETES / name for name in kustomization["resources"]} == set(MANIFESTS)
    [settings], [secrets] = kustomization["configMapGenerator"], kustomization["secretGenerator"]
    assert (settings["envs"], secrets["envs"]) == (["settings.env"], ["secrets.env"])
    keys = set(env_file(KUBERNETES / "secrets.example.env"))
    assert not keys & set(env_file(KUBERNETES / "settings.env"))
    for name, template in pods():
        spec = template["spec"]
        [owner] = [one for one in objects("Deployment", "StatefulSet", "Job") if one["metadata"]["name"] == name]
        claims = [one["metadata"]["name"] for one in owner["spec"].get("volumeClaimTemplates", [])]
        volumes = {*claims, *(one["name"] for one in spec.get("volumes", []))}
        for container in [*spec.get("initContainers", []), *spec["containers"]]:
            assert {one["name"] for one in container.get("volumeMounts", [])} <= volumes
            for source in container.get("envFrom", []):
                [reference] = source.values()
                assert reference["name"] in (settings["name"], secrets["name"])
            for one in container.get("env", []):
                reference = one.get("valueFrom", {}).get("secretKeyRef")
                assert reference is None or (reference["name"] == secrets["name"] and reference["key"] in keys)


def test_the_settings_that_the_cluster_gets_are_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    both = {**env_file(KUBERNETES / "settings.env"), **env_file(KUBERNETES / "secrets.example.env")}
    for name, value in both.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.sqlalchemy_url.startswith("postgresql://")
    assert settings.objects_url.startswith("s3://")


def test_the_database_takes_as_many_connections_as_the_pods_may_open() -> None:
    settings = env_file(KUBERNETES / "settings.env")
    each = int(settings["OXREEL_DATABASE_POOL"]) + int(settings["OXREEL_DATABASE_OVERFLOW"])
    arguments = " ".join(named("StatefulSet", "postgresql")["spec"]["template"]["spec"]["containers"][0]["args"])
    most = int(re.search(r"max_connections=(\d+)", arguments)[1])  # type: ignore[index]
    started = sum(one["spec"]["replicas"] for one in objects("Deployment"))
    assert started * each < most


def test_compose_services_name_one_another_rightly() -> None:
    document = read(DEPLOY / "compose.yaml")
    mounted = set()
    for name, one in services().items():
        assert "image" in one, name
        assert set(one.get("depends_on", {})) <= set(services()), name
        for needed, how in one.get("depends_on", {}).items():
            assert how["condition"] in ("service_healthy", "service_started", "service_completed_successfully")
            if how["condition"] == "service_healthy":
                # OxReel's image brings a check of its own.
                assert "healthcheck" in services()[needed] or services()[needed]["image"] == "oxreel:latest"
        for volume in one.get("volumes", []):
            source = volume.split(":")[0]
            assert (DEPLOY / source).exists() if source.startswith(".") else source in document["volumes"], name
            mounted.add(source)
    assert set(document["volumes"]) <= mounted
    assert services()["api"]["deploy"]["replicas"] >= 2
    wanted = set(re.findall(r"\$\{([A-Z0-9_]+)", (DEPLOY / "compose.yaml").read_text()))
    assert wanted == set(env_file(DEPLOY / "example.env"))


def test_the_proxy_passes_events_on_as_they_come() -> None:
    text = (DEPLOY / "proxy/nginx.conf").read_text()
    [upstream] = re.findall(r"server (\w+):(\d+)", text)
    assert upstream == ("api", "8000")
    assert "proxy_buffering off;" in text
    assert services()["proxy"]["ports"] == ["${OXREEL_PORT:-8000}:8080"]
    assert "listen 8080;" in text


def test_what_the_image_is_made_of_is_there() -> None:
    root = DEPLOY.parent
    text = (DEPLOY / "Dockerfile").read_text()
    sources = [word for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE) for word in line.split()[:-1]]
    allowed = re.findall(r"^!(.+)$", (DEPLOY / "Dockerfile.dockerignore").read_text(), re.MULTILINE)
    for source in sources:
        assert (root / source).exists()
        assert source in allowed
    assert services()["api"]["build"] == {"context": "..", "dockerfile": "deploy/Dockerfile"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_images_are_named_plainly(file: Path) -> None:
    for image in re.findall(r"(?:image:|^FROM) (\S+)", file.read_text(), re.MULTILINE):
        assert re.fullmatch(r"[a-z-]+(/[a-z]+)?(:[\w.-]+)?", image), image

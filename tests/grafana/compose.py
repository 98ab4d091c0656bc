# SPDX-License-Identifier: GPL-2.0-only
"""Checks the compose files without Docker: what `docker compose config` refuses,
and what it accepts although the services would not start as they are meant to.
Where docker compose is installed, it is asked as well."""

import copy
import os
import re
import shutil
import subprocess

import dashboards

try:
    import yaml
except ImportError:
    yaml = None

FILES = ("compose.yaml", "compose.token.yaml", "compose.hosts.yaml")

# What the compose specification calls these, as far as the files use it
SERVICE = {
    "command": list, "depends_on": list, "environment": dict,
    "extra_hosts": list, "image": str, "network_mode": str, "ports": list,
    "restart": str, "secrets": list, "volumes": list,
}
TOP = {"secrets", "services", "volumes"}
RESTART = {"no", "always", "on-failure", "unless-stopped"}

# $NAME, ${NAME}, ${NAME:-default}, ${NAME:?why}; $$ is a dollar
VARIABLE = re.compile(r"\$(?:\$|(?P<bare>\w+)|\{(?P<name>\w+)(?::?[-?](?P<rest>[^{}]*))?\})")
ADDRESS = re.compile(r"\d{1,3}(\.\d{1,3}){3}\Z")


class Loader(yaml.SafeLoader if yaml else object):
    """Refuses what YAML forbids and PyYAML accepts: a key that stands twice"""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        if len(set(keys)) < len(keys):
            raise ValueError("a key stands twice: %s" % keys)
        return super().construct_mapping(node, deep=deep)


def load(name):
    with open(os.path.join(dashboards.DIRECTORY, name), encoding="utf-8") as file:
        return yaml.load(file, Loader)  # a SafeLoader


def texts(value):
    if isinstance(value, dict):
        value = value.values()
    if isinstance(value, str):
        yield value
    elif not isinstance(value, (int, float, bool, type(None))):
        for one in value:
            yield from texts(one)


def variables(value):
    """(name, whether it must be set) of what is taken from the environment"""
    for text in texts(value):
        for match in VARIABLE.finditer(text):
            name = match["name"] or match["bare"]
            if name:
                yield name, ":?" in match[0]


def complaints(compose, readme):
    for key in set(compose) - TOP:
        yield "%s is not known here" % key
    for text in texts(compose):
        if "$" in VARIABLE.sub("", text):
            yield "a dollar that is no variable: %s" % text
    for name, is_needed in variables(compose):
        if is_needed and name + "=" not in readme:
            yield "README.md does not say that %s must be set" % name
    for name, service in compose["services"].items():
        for complaint in one_service(service, compose):
            yield "%s: %s" % (name, complaint)
    ports = [port.rsplit(":", 1)[0] for service in compose["services"].values()
             for port in service.get("ports", [])]
    if len(set(ports)) < len(ports):
        yield "a port of the host stands twice: %s" % ports
    yield from declared(compose)


def one_service(service, compose):
    for key, value in service.items():
        if key not in SERVICE:
            yield "%s is not known here" % key
        elif not isinstance(value, SERVICE[key]):
            yield "%s is no %s" % (key, SERVICE[key].__name__)
            return
    if "image" not in service:
        yield "no image"
    elif not re.search(r"/[\w.-]+:v?\d+\.\d+\.\d+\Z", service["image"]):
        yield "the image is not pinned"
    if service.get("restart") not in RESTART:
        yield "restart is %r" % service.get("restart")
    if service.get("network_mode") == "host" and \
            {"ports", "extra_hosts"} & service.keys():
        yield "the host's network has neither ports nor hosts of its own"
    for key, value in service.get("environment", {}).items():
        if not isinstance(value, str):
            yield "%s is no text: %r" % (key, value)
    if not all(isinstance(one, str) for key in ("command", "secrets", "ports", "volumes")
               for one in service.get(key, [])):
        yield "a list of other things than texts"
        return
    for other in service.get("depends_on", []):
        if other not in compose["services"]:
            yield "depends on %s, which there is not" % other
    for port in service.get("ports", []):
        yield from one_port(VARIABLE.sub("192.0.2.1", port))
    for host in service.get("extra_hosts", []):
        if not re.match(r"[\w.-]+:[\w.-]+\Z", host):
            yield "extra host %r" % host
    yield from mounts(service, compose)


def one_port(port):
    """ADDRESS:PORT:PORT; without an address everybody could connect"""
    address, *numbers = port.split(":")
    if not ADDRESS.match(address) or len(numbers) != 2:
        yield "port %r is not ADDRESS:PORT:PORT" % port
    elif not all(number.isdigit() and 0 < int(number) < 65536 for number in numbers):
        yield "port %r" % port


def mounts(service, compose):
    targets = []
    for volume in service.get("volumes", []):
        source, target, mode = (volume.split(":") + ["", ""])[:3]
        targets.append(target)
        if not target.startswith("/") or mode not in ("", "ro") or volume.count(":") > 2:
            yield "volume %r" % volume
        elif source.startswith("./"):
            if not os.path.exists(os.path.join(dashboards.DIRECTORY, source)):
                yield "%s is not there" % source
            if mode != "ro":
                yield "%s could be written" % source
        elif source not in compose.get("volumes", {}):
            yield "volume %s is not declared" % source
    if len(set(targets)) < len(targets):
        yield "two volumes at one place: %s" % targets
    for secret in service.get("secrets", []):
        if secret not in compose.get("secrets", {}):
            yield "secret %s is not declared" % secret


def declared(compose):
    used = [one for service in compose["services"].values()
            for key in ("volumes", "secrets") for one in service.get(key, [])]
    for name in {**compose.get("volumes", {}), **compose.get("secrets", {})}:
        if name not in {one.split(":")[0] for one in used}:
            yield "nothing uses %s" % name
    for name, secret in compose.get("secrets", {}).items():
        if len(secret) != 1 or not {"file", "environment"} & secret.keys():
            yield "secret %s" % name


# Each breaks compose.hosts.yaml in one place. compose-go, which docker compose is
# made of, refuses those of the first part as well (2.16.2, tried by hand).
def grafana(compose):
    return compose["services"]["grafana"]


SPOILS = {
    "an unknown key": lambda compose: grafana(compose).update(enviroment={}),
    "an unknown section": lambda compose: compose.update(service={}),
    "a service without an image": lambda compose: grafana(compose).pop("image"),
    "a volume that is not declared": lambda compose: compose["volumes"].pop(
        "prometheus-data"),
    "a secret that is not declared": lambda compose: compose.pop("secrets"),
    "a secret from two places": lambda compose: compose["secrets"][
        "contmond-token"].update(file="token"),
    "a port that is no number": lambda compose: grafana(compose)["ports"].append(
        "127.0.0.1:x:1"),
    "a port that is none": lambda compose: grafana(compose)["ports"].append(
        "127.0.0.1:70000:1"),
    "a variable that does not end": lambda compose: grafana(compose)[
        "environment"].update(X="${CONTMOND_TOKEN"),
    "a list that is a text": lambda compose: grafana(compose).update(
        ports="127.0.0.1:3000:3000"),
    "a service that depends on none": lambda compose: grafana(compose)[
        "depends_on"].append("influxdb"),
    # From here on only this test, or older versions of docker compose
    "environment that is true": lambda compose: grafana(compose)[
        "environment"].update(GF_AUTH_ANONYMOUS_ENABLED=True),
    "a directory that is not there": lambda compose: grafana(compose)["volumes"].append(
        "./dashboard:/x:ro"),
    "a directory that could be written": lambda compose: grafana(compose)[
        "volumes"].append("./dashboards:/x"),
    "a port on all addresses": lambda compose: grafana(compose)["ports"].append(
        "3001:3000"),
    "a port that is taken": lambda compose: grafana(compose)["ports"].append(
        "127.0.0.1:9090:3000"),
    "two volumes at one place": lambda compose: grafana(compose)["volumes"].append(
        "prometheus-data:/var/lib/grafana"),
    "ports in the host's network": lambda compose: grafana(compose).update(
        network_mode="host"),
    "the newest image": lambda compose: grafana(compose).update(
        image="grafana/grafana:latest"),
    "another word for restart": lambda compose: grafana(compose).update(
        restart="unless_stopped"),
    "a variable that nobody sets": lambda compose: grafana(compose)[
        "environment"].update(X="${SECRET:?set it}"),
    "a volume that nothing uses": lambda compose: compose["volumes"].update(x={}),
}


def with_docker(tap, name, compose):
    what = "%s: docker compose accepts it" % name
    command = ["docker", "compose"]
    if not shutil.which("docker") or subprocess.run(
            [*command, "version"], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, check=False).returncode != 0:
        tap.skip(what, "it is not installed")
        return
    done = subprocess.run(
        [*command, "-f", os.path.join(dashboards.DIRECTORY, name), "config", "-q"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        env={**os.environ, **{variable: "192.0.2.1" for variable, is_needed
                              in variables(compose) if is_needed}})
    tap.check(done.returncode == 0, what, done.stdout)


def run(tap):
    tap.equal({name for name in os.listdir(dashboards.DIRECTORY)
               if name.startswith("compose")}, set(FILES), "these are the compose files")
    with open(os.path.join(dashboards.DIRECTORY, "README.md"), encoding="utf-8") as file:
        readme = file.read()
    for name in FILES:
        compose = load(name)
        found = list(complaints(compose, readme))
        tap.check(not found, "%s is right" % name, "\n".join(found))
        with_docker(tap, name, compose)
    for what, spoil in SPOILS.items():
        compose = copy.deepcopy(load("compose.hosts.yaml"))
        spoil(compose)
        tap.check(list(complaints(compose, readme)), "%s in a compose file is noticed" % what)

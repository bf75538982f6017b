"""Elasticsearch 9, the search engine of the scale-out profile: one bare node from Maven Central's packages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import urllib.request
import zipfile
from pathlib import Path

from tests.servers import apt
from tests.servers.base import (
    EngineMissing,
    Server,
    cache_dir,
    free_port,
    install_lock,
    spawn,
    temporary_dir,
    wait_ready,
)

SOURCE = Path(__file__).parent / "elasticsearch_node"
HEAP = "512m"
JDK = 21
"""Java that Elasticsearch 9 needs at least."""

TRANSPORT = "transport-netty4"


def install() -> Path:
    """The folder with the node's packages (server/), its transport module (home/modules/) and our starter."""
    version = re.findall(r"<version>([\d.]+\.\d+)</version>", (SOURCE / "pom.xml").read_text())[-1]
    folder = cache_dir() / "elasticsearch" / version
    with install_lock("elasticsearch"):
        if not folder.exists():
            building = folder.with_name(folder.name + ".building")
            shutil.rmtree(building, ignore_errors=True)
            _fetch(building)
            _lay_out(building)
            building.rename(folder)
        _compile(folder)
    return folder


def start(port: int | None = None, home: Path | None = None) -> Server:
    """A node on a loopback port. With the `port` and `home` of an earlier one (details) it goes on with its
    data; the data is removed at the end only when the node made it itself."""
    folder, port = install(), port or free_port()
    kept, home = home, home or _new_home(folder)
    log = home / "node.log"
    settings = {
        "node.name": "one",
        "network.host": "127.0.0.1",
        "http.port": port,
        "transport.port": free_port(),
        "discovery.type": "single-node",
        "cluster.routing.allocation.disk.threshold_enabled": "false",
    }
    argv = [
        java() / "bin" / "java",
        *(f"-Xms{HEAP}", f"-Xmx{HEAP}"),
        *("--add-modules", "jdk.incubator.vector,ALL-MODULE-PATH"),
        *("--module-path", folder / "server", "-cp", folder / "classes", "OneNode", home),
        *(f"{name}={value}" for name, value in settings.items()),
    ]
    process = spawn(argv, log)

    def ready() -> bool:
        address = f"http://127.0.0.1:{port}/_cluster/health?wait_for_status=yellow&timeout=1s"
        with urllib.request.urlopen(address, timeout=3) as answer:
            return bool(answer.status == 200)

    wait_ready(ready, process, log, seconds=120)
    clean = None if kept else lambda: shutil.rmtree(home, ignore_errors=True)
    details = {"port": str(port), "home": str(home)}
    return Server(f"http://127.0.0.1:{port}/?index=dangan", details, [process], clean)


def java() -> Path:
    """The home of the newest JDK that is new enough. Raises EngineMissing."""
    candidates = [Path(os.environ[name]) for name in ("JAVA_HOME_21", "JAVA_HOME") if os.environ.get(name)]
    candidates += Path("/usr/lib/jvm").glob("*")
    versions = {path: _version(path) for path in candidates if (path / "bin" / "javac").exists()}
    good = [path for path, version in versions.items() if version >= JDK]
    if good:
        return max(good, key=lambda path: versions[path])
    apt.need(f"openjdk-{JDK}-jdk-headless")
    for path in Path("/usr/lib/jvm").glob(f"*{JDK}*"):
        if _version(path) >= JDK:
            return path
    raise EngineMissing(f"no JDK of {JDK} or newer")


def _version(jdk: Path) -> int:
    release = jdk / "release"
    found = re.search(r'JAVA_VERSION="(\d+)', release.read_text()) if release.exists() else None
    return int(found[1]) if found else 0


def _fetch(folder: Path) -> None:
    if not shutil.which("mvn"):
        apt.need("maven")
    target = f"-DoutputDirectory={folder / 'packages'}"
    _run("mvn", "-q", "-B", "-f", SOURCE / "pom.xml", "dependency:copy-dependencies", target)


def _lay_out(folder: Path) -> None:
    """The transport and what it needs become a module of the node; everything else its server."""
    module, server = folder / "home" / "modules" / TRANSPORT, folder / "server"
    module.mkdir(parents=True)
    server.mkdir()
    for jar in (folder / "packages").glob("*.jar"):
        shutil.move(jar, module if "netty" in jar.name else server)
    (folder / "packages").rmdir()
    with zipfile.ZipFile(next(module.glob(f"{TRANSPORT}-*.jar"))) as jar_file:
        for name in ("plugin-descriptor.properties", "entitlement-policy.yaml"):
            (module / name).write_bytes(jar_file.read(f"META-INF/es-plugins/{TRANSPORT}/{name}"))


def _compile(folder: Path) -> None:
    source, classes = SOURCE / "OneNode.java", folder / "classes"
    built = classes / "OneNode.class"
    if not built.exists() or built.stat().st_mtime < source.stat().st_mtime:
        _run(java() / "bin" / "javac", "-cp", f"{folder / 'server'}/*", "-d", classes, source)


def _new_home(folder: Path) -> Path:
    home = temporary_dir("elasticsearch")
    (home / "config").mkdir()
    (home / "modules").symlink_to(folder / "home" / "modules")
    return home


def _run(*argv: str | Path) -> None:
    run = subprocess.run([str(a) for a in argv], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if run.returncode:
        raise EngineMissing(f"{Path(argv[0]).name} failed: {(run.stdout + run.stderr).strip()[-300:]}")

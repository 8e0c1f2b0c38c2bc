"""Checks the files for other systems with those systems' own readers. See systems.sh.

   systems.py NAME SITE [SPEC]
"""

import gzip
import json
import secrets
import subprocess
import sys
from pathlib import Path

import yaml

# What the readers are expected to find in the real data: what Docker's own conversion takes of it.
REAL = {"docker": 560, "servers": 1108, "entries": 2792}

name, site = sys.argv[1], Path(sys.argv[2])
spec = Path(sys.argv[3]) if len(sys.argv) > 3 else None
counts = {}


def read(path):
    return json.loads((site / path).read_text())


def docker():
    catalog = read("exports/docker/catalog.json")
    assert yaml.safe_load((site / "exports/docker/catalog.yaml").read_text()) == catalog, "YAML and JSON differ"
    for key, server in catalog["registry"].items():
        assert all(c.isascii() and (c.isalnum() or c in "-_") for c in key), key
        if server["type"] == "remote":
            assert server["remote"]["url"] and server["remote"]["transport_type"], key
        else:
            assert server["type"] == "server" and server["image"], key
        for secret in server.get("secrets", []):
            assert secret["name"].startswith(key + "."), secret
        fields = {field for config in server.get("config", []) for field in config["properties"]}
        # Every value that stands for something is described.
        for piece in json.dumps(server).split("{{")[1:]:
            wanted = piece.split("}}")[0]
            assert wanted.startswith(key + ".") and wanted[len(key) + 1 :] in fields, (key, wanted)
    return len(catalog["registry"])


def toolhive():
    registry = read("exports/toolhive/registry.json")
    assert registry["version"] == "1.0.0" and registry["meta"]["last_updated"].endswith("Z")
    listed = [entry["server"] for entry in read("v0.1/servers/index.json")["servers"]]
    assert registry["data"]["servers"] == listed
    return len(listed)


def contextforge():
    import asyncio
    import os

    os.environ["MCPGATEWAY_CATALOG_FILE"] = str(site / "exports/contextforge/catalog.yml")
    os.environ["DATABASE_URL"] = "sqlite:///:memory:"
    # The gateway does not start without secrets; nothing here uses them.
    for secret in ["JWT_SECRET_KEY", "AUTH_ENCRYPTION_SECRET", "BASIC_AUTH_PASSWORD", "PLATFORM_ADMIN_PASSWORD", "DEFAULT_USER_PASSWORD"]:
        os.environ[secret] = secrets.token_urlsafe(40) + "aA1!"
    from mcpgateway.schemas import CatalogServer
    from mcpgateway.services.catalog_service import CatalogService

    loaded = asyncio.run(CatalogService().load_catalog())["catalog_servers"]
    servers = [CatalogServer(**server) for server in loaded]
    assert servers and len({server.id for server in servers}) == len(servers)
    return len(servers)


def agents():
    document = read(".well-known/ard.json")
    assert (site / ".well-known/ard.json").read_bytes() == (site / ".well-known/ai-catalog.json").read_bytes()
    entries = document["entries"]
    assert len({entry["identifier"] for entry in entries}) == len(entries)
    base = "https://registry.example.com/tools/"
    for entry in entries:
        path = entry["url"].removeprefix(base).replace("%2F", "/")
        assert (site / path).is_file() or (site / path / "index.json").is_file(), entry["url"]
    run = subprocess.run(["ard-publish", "validate", site / ".well-known/ard.json"], capture_output=True, text=True)
    findings = [line for line in (run.stdout + run.stderr).splitlines() if line.startswith("  - ")]
    # Questions come from publishers, and few write any; docs/systems/ard.md says so.
    unexplained = [line for line in findings if "add 2-5 representativeQueries" not in line]
    assert not unexplained, unexplained[:5]
    return len(entries)


def cards():
    files = sorted(site.glob("cards/*/*/server-card.json"))
    for card in files[:20]:
        run = subprocess.run(["agent-card", "validate", card], capture_output=True, text=True)
        assert run.returncode == 0 and "0 warning" in run.stdout, (card, run.stdout, run.stderr)
    return len(files)


def everything():
    with gzip.open(site / "exports/all.jsonl.gz", "rt") as lines:
        entries = [json.loads(line) for line in lines]
    assert all(set(entry) == {"server", "_meta"} for entry in entries)
    return len(entries)


def schemas():
    import jsonschema

    def errors(schema, reference, documents):
        schema = json.loads((spec / "ard" / schema).read_text())
        if reference:
            schema["$ref"] = reference
        validator = jsonschema.validators.validator_for(schema)(schema)
        found = [f"{path}: {error.message}" for path, it in documents for error in validator.iter_errors(it)]
        assert not found, found[:5]

    manifest = [("ard.json", read(".well-known/ard.json"))]
    errors("v0.91/ard-entry.schema.json", "#/$defs/ArdManifest", manifest)
    errors("v0.9/ai-catalog.schema.json", None, manifest)
    documents = [(str(path), json.loads(path.read_text())) for path in site.glob("cards/*/*/server-card.json")]
    errors("server-card/server-card.schema.json", "#/$defs/ServerCard", documents)
    return len(documents)


counts = {
    "docker": docker(),
    "servers": toolhive(),
    "contextforge": contextforge(),
    "agents": agents(),
    "cards": cards(),
    "entries": everything(),
}
if spec:
    counts["cards that fit the schema"] = schemas()
if name == "real":
    for key, expected in REAL.items():
        assert counts[key] == expected, f"{key}: {counts[key]} instead of {expected}"
assert counts["agents"] == counts["servers"] and counts["cards"] > 0
print(f"systems: {name}: " + ", ".join(f"{key} {count}" for key, count in counts.items()))

#!/usr/bin/env python3
"""Makes the files of a release; `.github/workflows/release.yml` and `tests/e2e/release.sh` run it.

  release.py version                          prints the version in Cargo.toml
  release.py build TARGET                     builds for a target of rustc and prints the path of the binary
  release.py package BINARY TARGET FOLDER     writes the archive into FOLDER and prints its path
  release.py sums FOLDER                      writes FOLDER/SHA256SUMS over the archives
  release.py notes [VERSION]                  prints the section of CHANGELOG.md; without VERSION, "Unreleased"

Two archives of the same binary have the same bytes. Needs Python 3.10 and nothing else.
"""

import gzip
import hashlib
import io
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

TOP = pathlib.Path(__file__).resolve().parent.parent
NAME = "mcp-static"
SHELLS = {"bash": NAME, "zsh": f"_{NAME}", "fish": f"{NAME}.fish", "powershell": f"_{NAME}.ps1"}
# The first day that a ZIP file can name; archives have no other date.
EPOCH = (1980, 1, 1, 0, 0, 0)


def version():
    text = (TOP / "Cargo.toml").read_text(encoding="utf-8")
    return re.search(r'^version = "([^"]+)"$', text, re.MULTILINE).group(1)


def build(target):
    environment = dict(os.environ)
    if target.endswith("-musl") and shutil.which("musl-gcc"):
        environment.setdefault("CC_" + target.replace("-", "_"), "musl-gcc")
    if target.endswith("-msvc"):
        environment["RUSTFLAGS"] = "-C target-feature=+crt-static"
    command = ["cargo", "build", "--profile", "dist", "--locked", "--target", target]
    subprocess.run(command, cwd=TOP, env=environment, check=True)
    folder = pathlib.Path(environment.get("CARGO_TARGET_DIR", TOP / "target"))
    return folder / target / "dist" / program(target)


def program(target):
    return NAME + (".exe" if "windows" in target else "")


def contents(binary, target):
    """Returns the files of an archive by their path, with their mode."""
    run = lambda *args: subprocess.run([binary, *args], check=True, capture_output=True).stdout
    files = {program(target): (binary.read_bytes(), 0o755)}
    for name in ["LICENSE", "README.md", "CHANGELOG.md"]:
        files[name] = ((TOP / name).read_bytes(), 0o644)
    for shell, name in SHELLS.items():
        files[f"completions/{name}"] = (run("completions", shell), 0o644)
    with tempfile.TemporaryDirectory() as pages:
        run("man", pages)
        for page in pathlib.Path(pages).iterdir():
            files[f"man/{page.name}"] = (page.read_bytes(), 0o644)
    return dict(sorted(files.items()))


def package(binary, target, folder):
    shown = subprocess.run([binary, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    if shown != f"{NAME} {version()}":
        sys.exit(f"release: {binary} is {shown!r}, but Cargo.toml has the version {version()}")
    root = f"{NAME}-{version()}-{target}"
    is_zip = "windows" in target
    archive = folder / (root + (".zip" if is_zip else ".tar.gz"))
    folder.mkdir(parents=True, exist_ok=True)
    pack = zip_of if is_zip else tar_of
    archive.write_bytes(pack(root, contents(binary, target)))
    return archive


def tar_of(root, files):
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path, (content, mode) in files.items():
            entry = tarfile.TarInfo(f"{root}/{path}")
            entry.size, entry.mode = len(content), mode
            tar.addfile(entry, io.BytesIO(content))
    return gzip.compress(plain.getvalue(), mtime=0)


def zip_of(root, files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, (content, mode) in files.items():
            entry = zipfile.ZipInfo(f"{root}/{path}", EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, mode << 16
            archive.writestr(entry, content)
    return packed.getvalue()


def sums(folder):
    archives = sorted([*folder.glob("*.tar.gz"), *folder.glob("*.zip")])
    if not archives:
        sys.exit(f"release: there is no archive in {folder}")
    line = lambda archive: f"{hashlib.sha256(archive.read_bytes()).hexdigest()}  {archive.name}\n"
    text = "".join(map(line, archives))
    (folder / "SHA256SUMS").write_bytes(text.encode())
    return text.rstrip()


def notes(of="Unreleased"):
    text = (TOP / "CHANGELOG.md").read_text(encoding="utf-8")
    section = re.search(rf"^## \[?{re.escape(of)}\]?(?: [^\n]*)?$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if not section or not section.group(1).strip():
        sys.exit(f'release: CHANGELOG.md has no section "## {of}" with a text')
    return section.group(1).strip()


def main(arguments):
    match arguments:
        case ["version"]:
            print(version())
        case ["build", target]:
            print(build(target))
        case ["package", binary, target, folder]:
            print(package(pathlib.Path(binary).resolve(), target, pathlib.Path(folder)))
        case ["sums", folder]:
            print(sums(pathlib.Path(folder)))
        case ["notes", *of] if len(of) < 2:
            print(notes(*of))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    main(sys.argv[1:])

#!/usr/bin/env python3
"""Runs the shell blocks of the documentation: docs.py TOOL [PAGE...].

A comment in front of each ```sh block says what happens to it:

    <!-- run: SCENE -->           run in a new copy of a scene (see SCENES)
    <!-- run -->                  run where the block before it ended
    <!-- run: SCENE, exit 4 -->   the same, and the exit status is 4
    <!-- not run: reason -->      not run
    <!-- command: NAME -->        run by .ci/run

A block marked <!-- output --> shows what the shell block before it prints; `…` stands for any text.
The blocks of the explain pages have no comments. Each page runs in its own copy of the scene `explain`;
docs.toml lists the exceptions.

Everything outside is replaced: git reaches a forge of bare repositories, every https host is the same small
registry, and DNS lists every key that the scene has used for signing. Where the system allows it, the whole
runs in a network namespace, so nothing can reach the outside. `tests/it/docs.rs` checks that every block
has a mark.
"""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass

from docs_world import World

TOP = pathlib.Path(__file__).resolve().parents[2]
# Longest time for one block, and for a server to start, in seconds.
PATIENCE = 180


@dataclass
class Block:
    """A code block: where it is, what it is marked with, and the output that is shown for it."""
    page: str
    line: int
    mark: str
    text: str
    output: str = None


def blocks(page, text):
    """Every shell block of a page, in order."""
    found, mark, lines = [], "", iter(enumerate(text.split("\n"), 1))
    for number, line in lines:
        fence = re.match(r"( *)```(\w*)$", line)
        if fence:
            body, indent = [], len(fence[1])
            for _, inner in lines:
                if inner.strip() == "```":
                    break
                body.append(inner[indent:])
            if fence[2] == "sh":
                found.append(Block(page, number, mark, "\n".join(body)))
            elif mark == "output":
                found[-1].output = "\n".join(body)
        if line.strip():
            comment = re.fullmatch(r"<!-- (.*) -->", line.strip())
            mark = comment[1] if comment else ""
    return found


def pages():
    """The pages whose blocks have marks, by path."""
    paths = [TOP / "README.md", *sorted((TOP / "docs").rglob("*.md")), *sorted((TOP / ".github").glob("*.md")), TOP / "tests/README.md"]
    return {str(path.relative_to(TOP)): path.read_text() for path in paths}


def explained():
    """The blocks of the explain pages, with marks made of docs.toml; and commands to run before the first."""
    table = tomllib.loads((TOP / "tests/e2e/docs.toml").read_text())
    found, before = [], {}
    for path in sorted((TOP / "src/diag/explain").glob("*.md")):
        page, row = str(path.relative_to(TOP)), table.get(path.stem, {})
        missing = [need for need in row.get("needs", []) if not shutil.which(need)]
        exits = row.get("exits", [])
        for i, block in enumerate(blocks(page, path.read_text())):
            status = exits[i] if i < len(exits) else 0
            block.mark = f"run: explain, exit {status}" if i == 0 else f"run: exit {status}"
            if missing:
                block.mark = f"not run: {missing[0]} is not installed"
            elif "not-run" in row:
                block.mark = f"not run: {row['not-run']}"
            found.append(block)
        before[page] = row.get("before", "")
    return found, before


class Session:
    """Runs blocks one after another, as a reader does in one shell."""

    def __init__(self, world):
        self.world, self.groups, self.folder, self.exports = world, [], None, None

    def enter(self, scene):
        """Leaves the scene before and makes a new one."""
        self.leave()
        self.folder = self.world.make(scene)
        self.exports = self.world.scene / "exports.sh"
        self.exports.write_text("")

    def leave(self):
        """Ends every program that blocks have started in the background."""
        for group in self.groups:
            try:
                os.killpg(group, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.groups.clear()

    def run(self, text):
        """Runs commands; the exit status and what was printed."""
        state = self.world.scene / "state"
        script = f"trap 'pwd > {state}; export -p > {self.exports}' EXIT\nsource {self.exports}\ncd '{self.folder}'\n{text}\n"
        with open(self.world.scene / "out", "wb") as out, open(self.world.scene / "err", "wb") as err:
            shell = subprocess.Popen(["bash", "-euo", "pipefail", "-c", script], stdin=subprocess.DEVNULL, stdout=out,
                                     stderr=err, env=self.world.environment(), start_new_session=True)
            self.groups.append(shell.pid)
            try:
                status = shell.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                status = "none in time"
        if state.exists():
            self.folder = state.read_text().rstrip("\n")
        for line in text.split("\n"):
            if re.search(r"\bserve\b.*&\s*(#.*)?$", line):
                wait_for(int((re.search(r"--addr \S+:(\d+)", line) or [0, "8080"])[1]))
        return status, *((self.world.scene / name).read_text(errors="replace") for name in ("out", "err"))


def wait_for(port):
    """Waits until something listens on a port of this machine."""
    for _ in range(PATIENCE * 10):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"docs: nothing listens on port {port}")


def fits(expected, printed):
    """Whether a text is the expected one, in which … stands for any text."""
    pattern = ".*".join(re.escape(part) for part in expected.strip().split("…"))
    return re.fullmatch(pattern, printed.strip(), re.S)


def free(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def main(tool, only):
    marked = [block for page, text in pages().items() for block in blocks(page, text)]
    unmarked, before = explained()
    wanted = [block for block in marked + unmarked if not only or any(name in block.page for name in only)]
    assert wanted, "no block was found"
    assert free(8080) and free(8081), "the ports 8080 and 8081 are in use, and the documentation uses them"
    ran, left, failed = {}, 0, []
    with tempfile.TemporaryDirectory() as folder, World(pathlib.Path(folder), tool, TOP) as world:
        session = Session(world)
        try:
            for block in wanted:
                kind, _, words = block.mark.partition(":")
                if kind != "run":
                    left += 1
                    continue
                words = [word.strip() for word in words.split(",") if word.strip()]
                expected = next((int(word[5:]) for word in words if word.startswith("exit ")), 0)
                scene = next((word for word in words if not word.startswith("exit ")), None)
                if scene:
                    session.enter(scene)
                    if before.get(block.page):
                        status, _, err = session.run(before[block.page])
                        assert status == 0, f"docs.toml: `before` of {block.page} ends with {status}\n{err}"
                status, out, err = session.run(block.text)
                ran.setdefault(block.page, 0)
                ran[block.page] += 1
                if status != expected:
                    failed.append(f"{block.page}:{block.line}: exit status {status}, expected {expected}\n{block.text}\n{out[-2000:]}{err[-2000:]}")
                elif block.output is not None and not fits(block.output, out):
                    failed.append(f"{block.page}:{block.line}: prints something else\nexpected:\n{block.output}\nprinted:\n{out[-4000:]}")
        finally:
            session.leave()
    for text in failed:
        print(f"docs: {text}\n", file=sys.stderr)
    explain = {page for page in ran if page.startswith("src/")}
    print(f"docs: {sum(ran.values())} blocks of {len(ran) - len(explain)} pages and {len(explain)} explain pages ran, {left} are not run, {len(failed)} failed")
    return 1 if failed else 0


def isolated():
    """Starts this program again in a network namespace, if that is possible here."""
    inner = ["unshare", "--map-root-user", "--net"]
    if os.environ.get("DOCS_ISOLATED") or subprocess.run([*inner, "true"], capture_output=True).returncode != 0:
        return
    os.environ["DOCS_ISOLATED"] = "1"
    os.execvp(inner[0], [*inner, sys.executable, *sys.argv])


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    isolated()
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]))

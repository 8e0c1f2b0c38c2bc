"""Every host, as its real server answers where one runs here and as `serve --as` imitates it: a replay of
every request shape, a comparison of both hop by hop, and a probe of each.

run.py TOOL DATA BASE_PATH [HOST...]    BASE_PATH may be empty
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from concurrent.futures import ProcessPoolExecutor

import compare
import grades
import servers
from replay import Replay
from table import REAL
from web import Web

TOP = os.path.join(servers.HERE, "../../..")
# What has files here: the hosts with a real server, what they are compared with, and the one whose program runs
# in node.
BUILT = ("plain", "s3", *REAL)
# How many servers run at once.
SIDE_BY_SIDE = 2


def run(*command, cwd=None):
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd)
    assert done.returncode == 0, f"{command}: {done.returncode} {done.stderr[-3000:]}"
    return done.stdout.strip()


def build(tool, data, base, work, hosts, large):
    """The registry in a repository, built for the hosts whose files are needed; a large one without the catalog,
    since a hundred thousand files take longer to write and remove than to ask for."""
    shutil.copytree(data, f"{work}/registry-data")
    run("git", "init", "-q", cwd=work)
    run("git", "add", "-A", cwd=work)
    run("git", "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-qm", "data", cwd=work)
    hosts = [word for host in hosts for word in ("--for", host)]
    hosts += ["--only", "api"] if large else []
    run(tool, "-q", "build", *hosts, "--base-url", f"https://registry.example.com{base}", "-A", "host-shortfall", cwd=work)


def samples(site):
    """The first, the middle and the last server with their latest versions, and one of each odd version."""
    with open(f"{site}/v0.1/servers/index.json") as file:
        listed = [(entry["server"]["name"], entry["server"]["version"]) for entry in json.load(file)["servers"]]
    odd = [one for one in listed if "+" in one[1]][:1] + [one for one in listed if one[0] != one[0].lower()][:1]
    return [listed[0], listed[len(listed) // 2], listed[-1], *odd]


def check(tool, host, work, base, large):
    """All that is asked about one host; what was found wrong, and what to say of the rest."""
    site, plain = f"{work}/_site/{host}", f"{work}/_site/plain"
    said, wrong = [], []

    def step(what, job):
        start = time.monotonic()
        try:
            said.append(f"{what}: {job() or 'as expected'} ({time.monotonic() - start:.0f} s)")
        except Exception as error:
            where = "" if isinstance(error, AssertionError) and str(error) else traceback.format_exc()
            wrong.append(f"{host}: {what}: {error}\n{where}")

    try:
        with servers.imitate(tool, host, work, base) as imitation:
            step("probe of serve --as", lambda: grades.expect(grades.probe(tool, imitation.url, True), grades.wanted(host, large, host in BUILT)))
            if host == "s3":
                step("cloudfront.js", lambda: run("node", f"{servers.HERE}/cloudfront.mjs", site))
            if host in REAL:
                promise = REAL[host]
                starts = sorted({"", base if promise.own else ""})
                said += [f"excused, as {reason}" for reason in promise.excuses]
                with servers.start(host, site, work) as server:
                    step("replay", lambda: Replay(Web(server.url), promise, plain, starts[-1]).run())
                    step("probe", lambda: grades.expect(grades.excused(host, grades.probe(tool, server.url, not promise.loose)), grades.wanted(host, large, True, real=True)))
                    step("comparison", lambda: compare.compare(host, server.url, imitation.url, starts, samples(plain), loose=promise.loose,
                                                               differs={name: values for name, *values in promise.differs}))
    except Exception:
        wrong.append(f"{host}: {traceback.format_exc()}")
    return host, said, wrong


def main():
    tool, data, base, *hosts = sys.argv[1:]
    tool, data = os.path.abspath(tool), os.path.abspath(data)
    grades.documented(TOP)
    with tempfile.TemporaryDirectory() as work:
        os.chmod(work, 0o755)
        start = time.monotonic()
        built = [host for host in BUILT if not hosts or host in ("plain", *hosts)]
        large = sum(len(names) for _, names, _ in os.walk(f"{data}/servers")) > 1000
        build(tool, data, base, work, built, large)
        print(f"hosts: built for {len(built)} hosts in {time.monotonic() - start:.0f} s")
        failed = []
        with ProcessPoolExecutor(SIDE_BY_SIDE) as pool:
            jobs = [pool.submit(check, tool, host, work, base, large) for host in hosts or sorted(grades.GRADES, key=lambda host: host not in REAL)]
            for job in jobs:
                host, said, wrong = job.result()
                print(f"hosts: {host}: " + "; ".join(said), flush=True)
                failed += wrong
        for one in failed:
            print(f"hosts: FAILED {one}", file=sys.stderr)
        sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

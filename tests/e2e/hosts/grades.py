"""What `probe` has to find at each host: the clients that work there with a loss, or not, and why.

Whatever is not in these tables has to work, for every client and every capability.
"""
import json
import os
import re
import subprocess

# Cells as "capability grade causes": clients.
SHOWS_ALL = {"search partly search-ignored": "vscode copilot-language-server jetbrains eclipse xcode mcp-lookup"}
NO_HTTPX = {f"{what} fails redirect-refused": "mcp-gateway-registry" for what in ("reach", "list", "latest")}
# All versions are listed to whoever does not ask for the latest, as the API wants it.
ALL_VERSIONS = {"list partly duplicate-rows": "copilot-cli apm", "paging partly next-page-never-asked": "copilot-cli"}
ONE_SPELLING = {f"{what} partly literal-slash-folder": "other-spellings" for what in ("latest", "version", "versions")}
AS_A_PAGE = {"reach fails content-type": "toolhive"}

GRADES = {
    "plain": SHOWS_ALL | NO_HTTPX,
    "github-pages": SHOWS_ALL | NO_HTTPX,
    "gitlab-pages": SHOWS_ALL,
    "cloudflare-pages": ALL_VERSIONS,
    "cloudflare-workers": ALL_VERSIONS | {f"{what} fails redirect-refused": "mcp-gateway-registry" for what in ("latest", "404")},
    "netlify": ALL_VERSIONS,
    "vercel": ALL_VERSIONS,
    "s3": SHOWS_ALL,
    "azure-static-web-apps": SHOWS_ALL | AS_A_PAGE,
    "firebase": SHOWS_ALL | NO_HTTPX | ONE_SPELLING,
    "nginx": SHOWS_ALL,
    "caddy": SHOWS_ALL,
    "apache": SHOWS_ALL,
}

# What a registry of a thousand servers, one of them with a plus in its version, shows besides. langchain4j
# refuses such a version before it asks.
ONE_PAGE = {"paging partly next-page-never-asked": "copilot-cli apm add-mcp"}
REFUSES_PLUS = {"version partly plus-refused": "langchain4j"}
# Its files are built without pages, so without exports.
NO_EXPORTS = {f"{what} fails amazon-q-missing": "amazon-q" for what in ("reach", "list")}
NO_OLD_LOOKUPS = {f"{what} fails v0-lookup-missing": "mcp-lookup" for what in ("latest", "version")}
NO_PLUS = {"version fails listed-but-not-found": "copilot-language-server jetbrains visual-studio eclipse xcode docker apm go-mcp-registry mcpproxy-go other-spellings",
           "enforce fails listed-but-not-found": "copilot-language-server jetbrains visual-studio eclipse xcode"}
LARGE = {
    **{host: REFUSES_PLUS | NO_OLD_LOOKUPS for host in ("plain", "github-pages")},
    "s3": REFUSES_PLUS | NO_OLD_LOOKUPS | {"version partly plus-lost": "docker go-mcp-registry mcpproxy-go other-spellings"},
    "azure-static-web-apps": REFUSES_PLUS | NO_PLUS | NO_OLD_LOOKUPS | {
        "version fails v0-lookup-missing": "", "version fails v0-lookup-missing listed-but-not-found": "mcp-lookup"},
    "firebase": REFUSES_PLUS | NO_OLD_LOOKUPS | {"version fails literal-slash-folder plus-lost listed-but-not-found": "other-spellings", "version partly literal-slash-folder": ""},
    **{host: ONE_PAGE for host in ("nginx", "caddy", "apache", "cloudflare-pages", "netlify", "vercel")},
    "cloudflare-workers": ONE_PAGE | NO_OLD_LOOKUPS,
}

# Causes that only the vendor's own server shows, and those that only the product would; table.REAL says why.
EMULATED = {"azure-static-web-apps": {"redirect-refused", "redirect-drops-query", "cors-missing-on-404"}}
HIDDEN = {"azure-static-web-apps": {"listed-but-not-found"}}


def wanted(host, large, built, real=False):
    """The cells to expect: of a large registry or of the sample, of files that were built or of none, of the real
    server or of its imitation."""
    cells = GRADES[host] | (LARGE.get(host, REFUSES_PLUS) if large else {}) | (NO_EXPORTS if large and built else {})
    return without(HIDDEN.get(host, set()) if real else set(), {key: clients for key, clients in cells.items() if clients})


def without(causes, cells):
    """The cells without some causes; a cell that had no other one is gone."""
    kept = {}
    for key, clients in cells.items():
        words = [word for word in key.split() if word not in causes]
        if len(words) > 2:
            kept[" ".join(words)] = " ".join(filter(None, (kept.get(" ".join(words)), clients)))
    return kept


def excused(host, cells):
    """The cells of a vendor's own server without what is excused there; an excuse that is not needed is wrong."""
    excuses = EMULATED.get(host, set())
    found = excuses & {cause for key in cells for cause in key.split()}
    assert found == excuses, f"not seen any more: {excuses - found}"
    return without(excuses, cells)


# The item of the host's page, below "What is not possible there", that owns up to a cause.
ITEMS = {
    "search-ignored": r"Queries\.|`search`",
    "redirect-refused": r"Answers without a redirect",
    "duplicate-rows": r"One row for each server",
    "next-page-never-asked": r"The whole list, for clients that read one page",
    "literal-slash-folder": r"The spelling `%2f`",
    "content-type": r"The type `application/json`",
    "v0-lookup-missing": r"Lookups below `/v0`",
    "plus-lost": r"Versions with `\+`|A raw `\+`",
}


def cells(findings):
    """Every cell that is not a plain success."""
    found = {}
    for client in findings["clients"]:
        for capability, cell in client["capabilities"].items():
            if cell["grade"] not in (None, "works") or cell["problems"]:
                key = " ".join([capability, str(cell["grade"]), *(problem["id"] for problem in cell["problems"])])
                found.setdefault(key, []).append(client["id"])
    return {key: " ".join(clients) for key, clients in found.items()}


def probe(tool, url, required):
    """The cells of a probe, which has to exit with 0 just when the required clients work."""
    done = subprocess.run([tool, "probe", url, "--allow-private", "--format", "json"], capture_output=True, text=True, cwd="/")
    assert done.returncode == (0 if required else 1), f"probe exits {done.returncode}: {done.stderr[-2000:]}"
    return cells(json.loads(done.stdout))


def expect(got, wanted):
    """Fails with each cell that differs."""
    differ = [f"{key}: {got.get(key)}, expected {wanted.get(key)}" for key in sorted({*got, *wanted}) if got.get(key) != wanted.get(key)]
    assert not differ, "probe finds other things:\n  " + "\n  ".join(differ)


def documented(top):
    """Every deviation stands in the host's page, and the page owns up to none that a probe does not find."""
    for host, wanted in GRADES.items():
        if host == "plain":
            continue
        with open(os.path.join(top, "docs/hosts", f"{host}.md")) as file:
            items = re.findall(r"^- \*\*(.*?)\*\*", file.read().split("## What is not possible")[1], re.M)
        causes = {cause for key in {**wanted, **LARGE.get(host, {})} for cause in key.split()[2:]}
        for cause, item in ITEMS.items():
            said = any(re.match(item, one) for one in items)
            if cause == "plus-lost":
                continue
            assert said == (cause in causes), f"docs/hosts/{host}.md {'owns up to' if said else 'is silent about'} {cause}"

//! The next steps that `init` prints at its end, in order.

use std::path::Path;

use super::super::args::InitArgs;
use super::around::Surroundings;
use super::forge::Forge;
use super::plan::Scaffold;
use super::source::Source;

/// Returns the next steps for the user. The last line names what the workflows still need, if anything.
pub(super) fn next_steps(
    args: &InitArgs,
    plan: &Scaffold,
    around: &Surroundings,
    (has_server, has_owners): (bool, bool),
) -> Vec<String> {
    let mut steps = Vec::new();
    let enter = match args.dir == Path::new(".") {
        true => String::new(),
        false => format!("cd {} && ", args.dir.display()),
    };
    let start = if around.in_git { "" } else { "git init -b main && " };
    let commit = format!("{start}git add . && git commit -m \"Set up the registry\"");
    if has_server {
        steps.push(format!("next: {enter}{commit}"));
    } else {
        steps.push(format!(
            "next: {enter}mcp-static add FILE, with the server.json of your first server"
        ));
        steps.push(format!("then: {commit}"));
    }
    steps.push("then: mcp-static serve, and look at http://127.0.0.1:8080/".to_owned());
    let forge = plan.forge;
    match (&plan.maintainers, &args.maintainers) {
        _ if has_owners => {}
        (None, _) => {
            steps.push(format!("then: name your maintainers in {}/CODEOWNERS", forge.folder()));
        }
        (Some(_), None) if matches!(forge, Forge::GitHub { .. }) => steps.push(
            "then: check .github/CODEOWNERS: GitHub accepts accounts and teams as owners, but not an organisation alone"
                .to_owned(),
        ),
        _ => {}
    }
    steps.push(publishing(plan).to_owned());
    if plan.host() == "github-pages" && !plan.public {
        steps.push(
            "note: a site on GitHub Pages is public, even if its repository is private (GitHub Enterprise Cloud can make it \
             private, but then clients cannot read it)"
                .to_owned(),
        );
    }
    steps.push(format!(
        "then: protect the branch; {} says how, and what to paste into each client",
        plan.guide
    ));
    if plan.source == Source::Unknown {
        steps.push(format!(
            "last: the workflows do not know where to get mcp-static from; set the variables MCP_STATIC_URL and \
             MCP_STATIC_SHA256 (`sha256sum mcp-static` prints it) in {}, or run `mcp-static init --force --tool SOURCE`",
            variables(plan.forge)
        ));
    }
    steps
}

/// Returns what to do for the site to appear.
fn publishing(plan: &Scaffold) -> &'static str {
    match (plan.forge, plan.on_pages()) {
        (Forge::GitHub { .. }, true) => {
            "then: in the repository's settings choose Pages, source \"GitHub Actions\""
        }
        (Forge::GitHub { .. }, false) => {
            "then: publish.yml ends with the artifact \"site\"; copy it to your web server, or run init with --host \
             github-pages where the site may be public"
        }
        (Forge::GitLab, true) => {
            "then: in Settings > General > Visibility let everyone see Pages, because clients send no login"
        }
        (Forge::GitLab, false) => {
            "then: the job `site` ends with the artifact `public`; copy it to your web server"
        }
        (Forge::Forgejo | Forge::Gitea, _) => {
            "then: publish.yml pushes the site to the branch `pages`; let a pages server or your web server take it from \
             there"
        }
    }
}

/// Returns where a forge has the variables of a repository.
fn variables(forge: Forge) -> &'static str {
    match forge {
        Forge::GitHub { .. } => "Settings > Secrets and variables > Actions > Variables",
        Forge::GitLab => "Settings > CI/CD > Variables",
        Forge::Forgejo | Forge::Gitea => "Settings > Actions > Variables",
    }
}

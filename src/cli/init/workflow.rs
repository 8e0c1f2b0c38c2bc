//! The CI files: one template per forge and file, one text that installs the program.

use super::super::ci::{GITLAB_TOKENS, TOKENS};
use super::forge::Forge;
use super::plan::Scaffold;
use super::source::Source;
use super::template::{fill, select, template};

/// Actions that a workflow names, pinned by commit. Only actions that the forge's makers keep.
struct Actions {
    checkout: &'static str,
    cache: &'static str,
    upload: &'static str,
    download: &'static str,
    configure_pages: &'static str,
    deploy_pages: &'static str,
    attest: &'static str,
}

/// For github.com.
const CLOUD: Actions = Actions {
    checkout: "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
    cache: "actions/cache@27d5ce7f107fe9357f9df03efb73ab90386fccae # v5.0.5",
    upload: "actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1",
    download: "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1",
    configure_pages: "actions/configure-pages@45bfe0192ca1faeb007ade9deae92b16b8254a0d # v6.0.0",
    deploy_pages: "actions/deploy-pages@cd2ce8fcbc39b97be8ca5fce6e763baed58fa128 # v5.0.0",
    attest: "actions/attest@59d89421af93a897026c735860bf21b6eb4f7b26 # v4.1.0",
};

/// For GitHub Enterprise Server, which does not run artifact actions from version 4 on, nor the deployment of Pages that
/// uses them; and for the runners of Forgejo and Gitea, which take the first two.
const SERVER: Actions = Actions {
    checkout: "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2",
    cache: "actions/cache@0057852bfaa89a56745cba8c7296529d2fc39830 # v4.3.0",
    upload: "actions/upload-artifact@ff15f0306b3f739f7b6fd43fb5d26cd321bd4de5 # v3.2.1",
    download: "",
    configure_pages: "actions/configure-pages@1f0c5cde4bc74cd7e1254d0cb4de8d49e9068c7d # v4.0.0",
    deploy_pages: "actions/deploy-pages@13b55b33dd8996121833dbc1db458c793a334630 # v3.0.1",
    attest: "",
};

/// What to do when GitHub Pages is off, as the end of a sentence.
const PAGES_OFF: &str = "GitHub Pages is off; choose Settings > Pages > Source > GitHub Actions, then run this workflow again";

/// Returns path and text of every CI file.
pub(super) fn workflows(plan: &Scaffold) -> Vec<(String, String)> {
    let (facts, words) = (facts(plan), words(plan));
    let from = |template: &str| fill(&select(template, &facts), &words);
    let folder = plan.forge.folder();
    let (registry, publish) = match plan.forge {
        Forge::GitLab => {
            return vec![(".gitlab-ci.yml".to_owned(), from(template!("gitlab/pipeline.yml")))];
        }
        Forge::GitHub { .. } => (template!("github/registry.yml"), template!("github/publish.yml")),
        Forge::Forgejo | Forge::Gitea => {
            (template!("forgejo/registry.yml"), template!("forgejo/publish.yml"))
        }
    };
    let mut files = vec![
        (format!("{folder}/workflows/registry.yml"), from(registry)),
        (format!("{folder}/workflows/publish.yml"), from(publish)),
    ];
    if plan.mirrors {
        files.push((format!("{folder}/workflows/sync.yml"), from(template!("sync.yml"))));
    }
    if plan.requests {
        files.push((
            format!("{folder}/workflows/request.yml"),
            from(template!("requests/request.yml")),
        ));
        let forms = plan.forge.issue_forms();
        files.push((
            format!("{forms}/server-request.yml"),
            from(template!("requests/server-request.yml")),
        ));
    }
    files
}

/// Returns the conditions of sections that hold.
fn facts(plan: &Scaffold) -> Vec<&'static str> {
    let source = &plan.source;
    let all = [
        (plan.public, "public"),
        (!plan.public, "company"),
        (plan.on_pages(), "pages"),
        (plan.mirrors, "mirrors"),
        (!plan.mirror_tokens.is_empty(), "secrets"),
        (plan.forge == Forge::GitHub { server: true }, "ghes"),
        (matches!(plan.forge, Forge::Forgejo | Forge::Gitea), "forgejo"),
        (*source == Source::This, "this"),
        (matches!(source, Source::Unknown | Source::File { .. }), "file"),
        (matches!(source, Source::File { .. }), "known"),
        (matches!(source, Source::Path { sha256: Some(_), .. }), "sum"),
        (source.is_compiled(), "cached"),
    ];
    all.into_iter().filter(|(holds, _)| *holds).map(|(_, fact)| fact).collect()
}

/// Returns each word of the CI templates with its value.
fn words(plan: &Scaffold) -> Vec<(&'static str, String)> {
    let actions = match plan.forge {
        Forge::GitHub { server: false } => &CLOUD,
        _ => &SERVER,
    };
    let (url, sha256) = match &plan.source {
        Source::File { url, sha256 } => (url.as_str(), sha256.as_str()),
        _ => ("", ""),
    };
    let variable = |name: &str, value: &str| match (plan.forge, value) {
        (Forge::GitLab, _) => format!("\"{value}\""),
        (_, "") => format!("${{{{ vars.{name} }}}}"),
        _ => format!("${{{{ vars.{name} || '{value}' }}}}"),
    };
    let script = script(plan);
    let mut words = vec![
        ("__ATTEST__", actions.attest.to_owned()),
        ("__CHECKOUT__", actions.checkout.to_owned()),
        ("__CONFIGURE_PAGES__", actions.configure_pages.to_owned()),
        ("__DEPLOY_PAGES__", actions.deploy_pages.to_owned()),
        ("__DOWNLOAD__", actions.download.to_owned()),
        ("__UPLOAD__", actions.upload.to_owned()),
        ("__MIRROR_TOKENS__", mirror_tokens(plan)),
        ("__HOST__", plan.host().to_owned()),
        ("__IMAGE__", image(&plan.source).to_owned()),
        ("__ORIGIN__", plan.source.origin().to_owned()),
        ("__PAGES_JOB__", if plan.on_pages() { "pages" } else { "site" }.to_owned()),
        ("__PAGES_OFF__", PAGES_OFF.to_owned()),
        ("__RUNNER__", plan.forge.runner().to_owned()),
        ("__URL_VALUE__", variable("MCP_STATIC_URL", url)),
        ("__SHA256_VALUE__", variable("MCP_STATIC_SHA256", sha256)),
        ("__CACHE_KEY__", cache_key(plan)),
        ("__SCRIPT__", script.clone()),
        ("__WITHOUT_TOKENS__", without_tokens(plan.forge)),
    ];
    let cached = match plan.source {
        Source::This => "${{ runner.temp }}/target/release/mcp-static",
        _ => "${{ runner.temp }}/mcp-static-tool",
    };
    let step = [
        ("__CACHE__", actions.cache.to_owned()),
        ("__CACHED__", cached.to_owned()),
        ("__CACHE_KEY__", cache_key(plan)),
        ("__SCRIPT__", script),
    ];
    let install = fill(&select(template!("install/github.yml"), &facts(plan)), &step);
    words.push(("__INSTALL__", install));
    words
}

/// Returns the commands that install the program and put it on the path of the job.
fn script(plan: &Scaffold) -> String {
    let template = match plan.source {
        Source::Unknown | Source::File { .. } => template!("install/file.sh"),
        Source::Path { .. } => template!("install/path.sh"),
        Source::Crate { .. } | Source::Commit { .. } => template!("install/cargo.sh"),
        Source::This => template!("install/this.sh"),
    };
    let (path, sha256) = match &plan.source {
        Source::Path { path, sha256 } => (path.clone(), sha256.clone().unwrap_or_default()),
        _ => (String::new(), String::new()),
    };
    let [tool, root, on_path, error] = match plan.forge {
        Forge::GitLab => {
            ["$(mktemp -d)", "$CI_PROJECT_DIR/.mcp-static/tool", "export PATH=\"$tool:$PATH\"", ""]
        }
        _ => [
            "$RUNNER_TEMP/mcp-static-tool",
            "$RUNNER_TEMP/mcp-static-tool",
            "echo \"$tool\" >> \"$GITHUB_PATH\"",
            "::error title=mcp-static::",
        ],
    };
    let words = [
        ("__CARGO_ROOT__", root.to_owned()),
        ("__CRATE__", plan.source.cargo_arguments()),
        ("__ERROR__", error.to_owned()),
        ("__ON_PATH__", on_path.to_owned()),
        ("__PATH__", path),
        ("__SHA256__", sha256),
        ("__TOOL__", tool.to_owned()),
    ];
    fill(&select(template, &facts(plan)), &words)
}

/// Returns the lines that give the job the tokens of mirrored registries, which are secrets of the repository.
fn mirror_tokens(plan: &Scaffold) -> String {
    let line = |name: &String| format!("{name}: ${{{{ secrets.{name} }}}}");
    plan.mirror_tokens.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Returns the begin of a command that sees no token. GitHub shows its token to no step that does not ask for it.
fn without_tokens(forge: Forge) -> String {
    let names = match forge {
        Forge::GitLab => GITLAB_TOKENS,
        _ => TOKENS,
    };
    format!("env -u {}", names.join(" -u "))
}

/// Returns the name under which the forge keeps a compiled program.
fn cache_key(plan: &Scaffold) -> String {
    let version = plan.source.version();
    match (plan.forge, &plan.source) {
        (Forge::GitLab, _) => format!("mcp-static-{version}"),
        (_, Source::This) => "mcp-static-${{ runner.os }}-${{ runner.arch }}-${{ hashFiles('Cargo.*', 'src/**', 'site/**', 'templates/**') }}".to_owned(),
        _ => format!("mcp-static-${{{{ runner.os }}}}-${{{{ runner.arch }}}}-{version}"),
    }
}

/// Returns the image of GitLab's jobs: git and curl, and a compiler where one is needed.
fn image(source: &Source) -> &'static str {
    match source.is_compiled() {
        true => "rust:1-bookworm",
        false => "buildpack-deps:bookworm-scm",
    }
}

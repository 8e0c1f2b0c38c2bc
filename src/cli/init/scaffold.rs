//! The files of a new registry, from the templates that are compiled in.

use super::forge::Forge;
use super::hosts;
use super::plan::Scaffold;
use super::seal::seal;
use super::template::{fill, select, template};
use super::workflow::workflows;

/// A file of the scaffold.
#[derive(Debug)]
pub(super) struct File {
    /// Path below the new repository, with forward slashes.
    pub(super) path: String,
    pub(super) text: String,
}

/// Lines that `.gitignore` has to have: what a build writes, here and in GitLab's pipeline, and what `serve` remembers.
pub(super) const IGNORED: [&str; 3] = ["/_site", "/public", "/.mcp-static"];

/// Returns every file but `.gitignore`, in the order of the report.
pub(super) fn files(plan: &Scaffold) -> Vec<File> {
    let words = words(plan);
    let facts = [("example", plan.example), ("open", !plan.public)];
    let facts: Vec<&str> = facts.iter().filter(|(_, is)| *is).map(|(fact, _)| *fact).collect();
    let from = |path: &str, template: &str| File {
        path: path.to_owned(),
        text: fill(&select(template, &facts), &words),
    };
    let mut settings = from("registry-data/registry.toml", template!("data/registry.toml"));
    settings.text = hosts::put(&settings.text, &plan.hosts);
    let mut files = vec![settings, from(plan.guide, template!("data/README.md"))];
    if plan.example {
        let path = "registry-data/servers/com.example/hello/1.0.0/server.json";
        files.push(from(path, template!("data/server.json")));
    }
    files.extend(
        workflows(plan)
            .into_iter()
            .map(|(path, text)| File { path, text: seal(&text, &plan.options()) }),
    );
    let owners = match plan.forge {
        Forge::GitHub { .. } | Forge::GitLab => template!("owners/forges"),
        Forge::Forgejo | Forge::Gitea => template!("owners/forgejo"),
    };
    files.push(from(&format!("{}/CODEOWNERS", plan.forge.folder()), owners));
    files.push(from(plan.forge.request_template(), template!("request.md")));
    files
}

/// Returns each word of the data's templates with its value.
fn words(plan: &Scaffold) -> Vec<(&'static str, String)> {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let url = plan.base_url.as_ref().map(|url| url.as_str().to_owned());
    let shown = url.clone().or_else(|| plan.likely_url());
    let shown = shown.unwrap_or_else(|| "https://registry.example.com".to_owned());
    let proof = match plan.public {
        true => template!("data/proof.md"),
        false => template!("data/review.md"),
    };
    let base_url = match &url {
        Some(url) => format!("base_url = {}", quoted(url)),
        None => "# e.g. base_url = \"https://registry.example.com\"".to_owned(),
    };
    let maintainers = plan.maintainers.as_deref().unwrap_or("@your-organisation/maintainers");
    let ci_paths = match plan.forge {
        Forge::GitLab => ["/.gitlab-ci.yml", "/.gitlab/"].as_slice(),
        _ => &["/.github/"],
    };
    let ci_paths: Vec<String> =
        ci_paths.iter().map(|path| format!("{path:<34}{maintainers}")).collect();
    vec![
        ("__AUTHORITY__", shown.trim_start_matches("https://").to_owned()),
        ("__BASE_URL__", base_url),
        ("__CI_PATHS__", ci_paths.join("\n")),
        ("__FOLDER__", plan.forge.folder().to_owned()),
        ("__ID__", quoted(&plan.id)),
        ("__MAINTAINERS__", maintainers.to_owned()),
        ("__OWNERS_RULE__", plan.forge.owners_rule().to_owned()),
        ("__PROOF__", proof.trim_end().to_owned()),
        ("__PROTECT__", plan.forge.protection().to_owned()),
        ("__QUOTED_NAME__", quoted(&plan.name)),
        ("__REQUEST__", plan.forge.request().to_owned()),
        ("__TRUST__", if plan.public { "proof" } else { "review" }.to_owned()),
        ("__URL__", shown),
        ("__VERDICT__", plan.forge.verdict().to_owned()),
        ("__VISIBILITY__", if plan.public { "public" } else { "private" }.to_owned()),
        ("__NAME__", plan.name.clone()),
    ]
}

#[cfg(test)]
mod tests {
    use super::{select, template};
    use crate::config::Config;

    /// The template with the lines uncommented that `prefix` begins; the header's four values are left out.
    fn uncommented(prefix: &str) -> String {
        let text = select(template!("data/registry.toml"), &[]);
        let lines = text.lines().filter(|line| !line.contains("__"));
        let is_key = |rest: &str| {
            let key = rest.split(" = ").next().unwrap_or_default();
            rest.contains(" = ") && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        };
        let lines = lines.map(|line| match line.strip_prefix(prefix) {
            Some(rest) if is_key(rest) || rest.starts_with('[') => rest,
            _ => line,
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_defaults_in_the_comments_are_the_defaults() {
        let text = uncommented("# ");
        let set =
            text.lines().filter(|line| !line.starts_with('#') && line.contains(" = ")).count();
        assert!(set >= 29, "only {set} settings:\n{text}");
        assert_eq!(
            Config::parse("registry.toml", &text),
            (Config::default(), Vec::new()),
            "{text}"
        );
    }

    #[test]
    fn the_examples_in_the_comments_are_valid() {
        let (config, wrong) = Config::parse_with_clients("registry.toml", &uncommented("# e.g. "));
        assert!(wrong.is_empty(), "{wrong:?}");
        assert_eq!(config.ownership.rules.len(), 1);
        assert_eq!(config.catalog.branch.as_deref(), Some("main"));
        assert_eq!(config.meta_key.as_deref(), Some("com.example.mcp/registry"));
    }
}

//! The forge that holds the repository: how its host name is recognised, and what its files and settings are called.

/// The software of a forge, as far as its files differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Forge {
    /// GitHub.
    GitHub {
        /// Whether it is GitHub Enterprise Server, which runs older versions of some actions.
        server: bool,
    },
    /// GitLab.
    GitLab,
    /// Forgejo, and Codeberg.
    Forgejo,
    /// Gitea, which reads its workflows from another folder than Forgejo.
    Gitea,
}

/// The names that `--forge` takes.
pub(in crate::cli) const NAMES: [&str; 4] = ["github", "gitlab", "forgejo", "gitea"];

impl Forge {
    /// Returns the forge of this name; `host` is where the repository is, if that is known.
    pub(super) fn named(name: &str, host: Option<&str>) -> Option<Self> {
        // github.com, and GitHub Enterprise Cloud with data residency.
        let cloud = |host: &str| host == "github.com" || host.ends_with(".ghe.com");
        Some(match name {
            "github" => Self::GitHub { server: host.is_some_and(|host| !cloud(host)) },
            "gitlab" => Self::GitLab,
            "forgejo" => Self::Forgejo,
            "gitea" => Self::Gitea,
            _ => return None,
        })
    }

    /// Returns the name of the forge that most likely runs at a host, by the host's name.
    pub(super) fn guess(host: &str) -> Option<&'static str> {
        if host == "codeberg.org" {
            return Some("forgejo");
        }
        if host.ends_with(".ghe.com") || host.split('.').any(|label| label == "ghe") {
            return Some("github");
        }
        NAMES.into_iter().find(|name| host.contains(name))
    }

    /// Returns its name, as `--forge` takes it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::GitHub { .. } => "github",
            Self::GitLab => "gitlab",
            Self::Forgejo => "forgejo",
            Self::Gitea => "gitea",
        }
    }

    /// Returns the folder of the forge's own files.
    pub(super) fn folder(self) -> &'static str {
        match self {
            Self::GitHub { .. } => ".github",
            Self::GitLab => ".gitlab",
            Self::Forgejo => ".forgejo",
            Self::Gitea => ".gitea",
        }
    }

    /// Returns the file in which the options of an earlier run are found.
    pub(super) fn options_file(self) -> &'static str {
        match self {
            Self::GitHub { .. } => ".github/workflows/publish.yml",
            Self::GitLab => ".gitlab-ci.yml",
            Self::Forgejo => ".forgejo/workflows/publish.yml",
            Self::Gitea => ".gitea/workflows/publish.yml",
        }
    }

    /// Returns where the text is that a new pull request starts with.
    pub(super) fn request_template(self) -> &'static str {
        match self {
            Self::GitHub { .. } => ".github/pull_request_template.md",
            Self::GitLab => ".gitlab/merge_request_templates/Default.md",
            Self::Forgejo => ".forgejo/pull_request_template.md",
            Self::Gitea => ".gitea/pull_request_template.md",
        }
    }

    /// Returns the folder of issue forms.
    pub(super) fn issue_forms(self) -> &'static str {
        match self {
            Self::Forgejo => ".forgejo/issue_template",
            Self::Gitea => ".gitea/issue_template",
            _ => ".github/ISSUE_TEMPLATE",
        }
    }

    /// Returns the label of the runners when no variable names one.
    pub(super) fn runner(self) -> &'static str {
        match self {
            Self::Forgejo | Self::Gitea => "docker",
            _ => "ubuntu-24.04",
        }
    }

    /// Returns the host of the site when nobody names one.
    pub(super) fn default_host(self, public: bool) -> &'static str {
        match self {
            Self::GitHub { .. } if public => "github-pages",
            Self::GitLab => "gitlab-pages",
            _ => "plain",
        }
    }

    /// Returns what a proposed change is called.
    pub(super) fn request(self) -> &'static str {
        match self {
            Self::GitLab => "merge request",
            _ => "pull request",
        }
    }

    /// Returns where a publisher finds the verdict.
    pub(super) fn verdict(self) -> &'static str {
        match self {
            Self::GitLab => {
                "The log of the job `judge` reports the result of the checks and how to fix problems."
            }
            _ => "A comment on it reports the result of the checks and how to fix problems.",
        }
    }

    /// Returns the branch protection that makes code owners count.
    pub(super) fn owners_rule(self) -> &'static str {
        match self {
            Self::GitLab => "Require approval from code owners",
            _ => "Require review from Code Owners",
        }
    }

    /// Returns how to protect the branch, as the end of a sentence.
    pub(super) fn protection(self) -> &'static str {
        match self {
            Self::GitHub { .. } => {
                "require a pull request, review from code owners,\n  and the status check `Judge`."
            }
            Self::GitLab => {
                "allow no direct pushes, require approval from code\n  owners, and require that pipelines succeed."
            }
            Self::Forgejo => {
                "allow no direct pushes, require an approval and the\n  status check of `Registry / Judge`, and enter the protected file patterns that `.forgejo/CODEOWNERS` lists."
            }
            Self::Gitea => {
                "allow no direct pushes, require an approval and the\n  status check of `Registry / Judge`, and enter the protected file patterns that `.gitea/CODEOWNERS` lists."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forge_is_told_from_the_host() {
        for (host, forge) in [
            ("github.com", Some("github")),
            ("github.acme.example", Some("github")),
            ("acme.ghe.com", Some("github")),
            ("ghe.acme.example", Some("github")),
            ("gitlab.com", Some("gitlab")),
            ("gitlab.acme.example", Some("gitlab")),
            ("codeberg.org", Some("forgejo")),
            ("forgejo.acme.example", Some("forgejo")),
            ("gitea.acme.example", Some("gitea")),
            ("git.acme.example", None),
            ("codeberg.org.evil.example", None),
        ] {
            assert_eq!(Forge::guess(host), forge, "{host}");
        }
        let server = |host| Forge::named("github", host) == Some(Forge::GitHub { server: true });
        assert!(server(Some("github.acme.example")));
        assert!(!server(Some("github.com")) && !server(Some("acme.ghe.com")) && !server(None));
        assert_eq!(Forge::named("svn", None), None);
    }
}

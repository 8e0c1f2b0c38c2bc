//! `[catalog]`: how the pages look.
//!
//! A registry without this section has a catalog too. Nothing here changes the API.

use serde::Deserialize;

use super::problems::{Problems, unknown_client};

/// The colour of links and buttons unless the settings name another.
pub const ACCENT: &str = "#0b6b66";

/// Ids of the clients that have a tab, in the order of the tabs, as a message lists them.
const CLIENT_IDS: &str = "vscode, copilot-cli, claude-code, cursor, jetbrains, json, visual-studio, \
    claude-desktop, codex, gemini-cli, lm-studio, goose, kiro, windsurf, opencode";

/// How the catalog looks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct CatalogSettings {
    /// Heading of the front page; defaults to the registry's name.
    pub title: Option<String>,
    /// One sentence under it.
    pub tagline: Option<String>,
    /// A picture (https) beside the name, or up to four characters in its place.
    pub logo: Option<String>,
    /// Colour of links and buttons, as `#rrggbb`.
    pub accent: String,
    /// A line at the foot of every page.
    pub footer: Option<String>,
    /// Whether pages load the pictures of entries from their publishers; by default only those of a public
    /// registry do.
    pub icons: Option<Icons>,
    /// Links at the foot of every page.
    pub links: Vec<FooterLink>,
    /// Identifiers of the clients whose tabs come first.
    pub clients: Vec<String>,
    /// Folder of templates that replace the built-in ones, beside the data folder.
    pub templates: Option<String>,
    /// Where the button "Propose a server" leads: derived from the repository when `None`, no button
    /// when empty.
    pub request: Option<String>,
    /// Whether pages link to the forge's editor and history.
    pub edit: bool,
    /// Branch that those links name; `main` unless the settings say otherwise.
    pub branch: Option<String>,
}

impl Default for CatalogSettings {
    fn default() -> Self {
        Self {
            title: None,
            tagline: None,
            logo: None,
            accent: ACCENT.to_owned(),
            footer: None,
            icons: None,
            links: Vec::new(),
            clients: Vec::new(),
            templates: None,
            request: None,
            edit: true,
            branch: None,
        }
    }
}

/// Whether pages load the pictures of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Icons {
    /// A server has a letter in place of a picture.
    Off,
    /// A reader's browser asks the publishers' hosts for the pictures.
    On,
}

impl Icons {
    /// Whether they are loaded.
    pub fn are_on(self) -> bool {
        self == Self::On
    }
}

/// A link at the foot of every page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FooterLink {
    /// Its text.
    pub text: String,
    /// Where it leads: http or https.
    pub url: String,
}

impl CatalogSettings {
    /// Reports wrong values and replaces them with their defaults.
    pub(super) fn validate(&mut self, problems: &mut Problems) {
        for text in [&mut self.title, &mut self.tagline, &mut self.footer, &mut self.branch] {
            *text = text.take().filter(|text| !text.trim().is_empty());
        }
        let mut check = |at: &str, key: &str, value: &str, valid: bool, help: &str| {
            if !valid {
                let message = format!("{value:?} cannot be the {key}");
                problems.add(format!("/catalog/{at}"), message, help);
            }
            valid
        };
        let colour = "write a colour such as \"#0b6b66\"";
        if !check("accent", "accent", &self.accent, is_colour(&self.accent), colour) {
            ACCENT.clone_into(&mut self.accent);
        }
        self.accent.make_ascii_lowercase();
        let mut keep =
            |value: &mut Option<String>, key: &str, test: fn(&str) -> bool, help: &str| {
                *value = value.take().filter(|value| check(key, key, value, test(value), help));
            };
        let logo =
            "write the https address of a picture that is not an SVG, or up to four characters";
        keep(&mut self.logo, "logo", is_logo, logo);
        let templates = "name a folder beside the data folder, such as \"templates\"";
        keep(&mut self.templates, "templates", is_folder, templates);
        let request = "write an https address, or \"\" for no button";
        keep(&mut self.request, "request", |url| url.is_empty() || is_web(url), request);
        let (mut positions, help) = (0.., "write an http or https address");
        self.links.retain(|link| {
            let at = format!("links/{}/url", positions.next().unwrap_or(0));
            check(&at, "links", &link.url, is_web(&link.url), help)
        });
        let mut positions = 0..;
        self.clients.retain(|id| {
            let at = format!("/catalog/clients/{}", positions.next().unwrap_or(0));
            let wrong = unknown_client(id, CLIENT_IDS);
            wrong.map(|(message, help)| problems.add(at, message, help)).is_none()
        });
    }
}

fn is_colour(text: &str) -> bool {
    text.len() == 7 && text.starts_with('#') && text[1..].bytes().all(|b| b.is_ascii_hexdigit())
}

fn is_web(text: &str) -> bool {
    (text.starts_with("https://") || text.starts_with("http://"))
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

fn is_logo(text: &str) -> bool {
    let picture = is_web(text) && text.starts_with("https://") && !text.ends_with(".svg");
    picture || (1..=4).contains(&text.chars().count())
}

fn is_folder(text: &str) -> bool {
    let segment = |s: &str| !matches!(s, "" | "." | "..") && !s.contains(['\\', ':']);
    text.trim_end_matches('/').split('/').all(segment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ids_are_those_of_the_tabs() {
        let ids: Vec<&str> = crate::render::install::Clients::ids().collect();
        assert_eq!(CLIENT_IDS, ids.join(", "));
    }
}

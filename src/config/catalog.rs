//! `[catalog]`: how the pages look, as written and as meant.
//!
//! A registry without this section has a catalog too; everything here changes its face and nothing in
//! it changes the API. A wrong value is reported at its line and its default used. This file refuses to
//! know what a page is made of.

use serde::Deserialize;
use toml::Spanned;

use super::Reader;

/// The colour of links and buttons unless the settings name another.
pub const ACCENT: &str = "#0b6b66";

/// How the catalog looks.
#[derive(Debug, Clone, PartialEq, Eq)]
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
            links: Vec::new(),
            clients: Vec::new(),
            templates: None,
            request: None,
            edit: true,
            branch: None,
        }
    }
}

/// A link at the foot of every page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FooterLink {
    /// What it says.
    pub text: String,
    /// Where it leads: http or https.
    pub url: String,
}

/// The section's own shape.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Written {
    title: Option<String>,
    tagline: Option<String>,
    logo: Option<Spanned<String>>,
    accent: Option<Spanned<String>>,
    footer: Option<String>,
    links: Vec<WrittenLink>,
    clients: Vec<String>,
    templates: Option<Spanned<String>>,
    request: Option<Spanned<String>>,
    edit: Option<bool>,
    branch: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLink {
    text: String,
    url: Spanned<String>,
}

impl Written {
    /// What the section means; `reader` hears what is wrong with it.
    pub(super) fn mean(self, reader: &mut Reader) -> CatalogSettings {
        let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let mut keep = |key: &str, value: Option<Spanned<String>>, sound: Check, help: &str| {
            let value = value?;
            if sound(value.get_ref()) {
                return Some(value.into_inner());
            }
            let message = format!("{:?} cannot be the {key}", value.get_ref());
            reader.say(value.span(), &format!("/catalog/{key}"), message, help.to_owned());
            None
        };
        let accent = keep("accent", self.accent, is_colour, "write a colour such as \"#0b6b66\"");
        let logo = "write the https address of a picture that is no SVG, or up to four characters";
        let templates = "name a folder beside the data folder, such as \"templates\"";
        let request = "write an https address, or \"\" for no button";
        let links = self.links.into_iter().filter_map(|link| {
            let url = keep("links", Some(link.url), is_web, "write an http or https address")?;
            Some(FooterLink { text: link.text, url })
        });
        let links = links.collect();
        CatalogSettings {
            title: filled(self.title),
            tagline: filled(self.tagline),
            logo: keep("logo", self.logo, is_logo, logo),
            accent: accent.unwrap_or_else(|| ACCENT.to_owned()).to_ascii_lowercase(),
            footer: filled(self.footer),
            links,
            clients: self.clients,
            templates: keep("templates", self.templates, is_folder, templates),
            request: keep("request", self.request, |url| url.is_empty() || is_web(url), request),
            edit: self.edit.unwrap_or(true),
            branch: filled(self.branch),
        }
    }
}

type Check = fn(&str) -> bool;

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

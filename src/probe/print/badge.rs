//! For a README or the catalog: a badge that says which clients the registry works with.

use crate::text::escape_html;
use std::collections::BTreeSet;

use super::super::findings::Grade;
use super::super::record::{ClientRecord, Record};
use crate::text::visible;

/// Clients that the badge names, the shortest way that people call them.
const NAMED: [(&str, &str); 6] = [
    ("vscode", "VS Code"),
    ("copilot-cli", "Copilot CLI"),
    ("jetbrains", "JetBrains"),
    ("visual-studio", "Visual Studio"),
    ("toolhive", "ToolHive"),
    ("docker", "Docker"),
];

/// The left half.
const LEFT: &str = "works with";

/// Height in pixels.
const HEIGHT: usize = 20;

/// Width of a letter in tenths of a pixel; the text is stretched to fit.
const LETTER: usize = 66;

impl Record {
    /// Which clients the registry works with, as the badge shows it: `works with VS Code + 3`.
    pub fn sentence(&self) -> String {
        format!("{LEFT} {}", self.right())
    }

    /// A badge as SVG, without script, font or link. Required clients decide its colour: green when all
    /// of them work, red when one fails, grey when none was tried. The URL stands in its title.
    pub fn badge(&self) -> String {
        let required = self.clients.iter().filter(|client| client.required);
        let colour = match required.map(ClientRecord::works).reduce(|all, works| all && works) {
            None => "#5f6368",
            Some(true) => "#2b7a3d",
            Some(false) => "#b3261e",
        };
        draw(LEFT, &self.right(), &escaped(&self.base_url), colour)
    }

    /// The right half: names, and a number for the rest.
    fn right(&self) -> String {
        let works = |id: &str| self.clients.iter().any(|c| c.id == id && c.works());
        let named: Vec<&str> =
            NAMED.iter().filter(|(id, _)| works(id)).map(|(_, name)| *name).collect();
        let all: BTreeSet<&str> = self
            .clients
            .iter()
            .filter(|client| client.works() && client.id != "other-spellings")
            .map(|client| client.id.as_str())
            .collect();
        let more = all.len() - named.len();
        let mut right = match (named.is_empty(), more) {
            (true, 0) => "no client".to_owned(),
            (true, more) => format!("{more} clients"),
            (false, 0) => named.join(", "),
            (false, more) => format!("{} + {more}", named.join(", ")),
        };
        if self.preview {
            right.push_str(" (preview)");
        }
        right
    }
}

impl ClientRecord {
    /// Whether nothing fails for it.
    fn works(&self) -> bool {
        self.verdict != Grade::Fails
    }
}

/// Text as SVG may hold it, in an attribute too.
fn escaped(text: &str) -> String {
    let text = escape_html(&visible(text));
    text.replace('"', "&quot;").replace('\'', "&#39;")
}

/// Two halves; `about` is escaped already.
fn draw(left: &str, right: &str, about: &str, colour: &str) -> String {
    let text = |text: &str| text.chars().count() * LETTER / 10;
    let (a, b) = (text(left), text(right));
    let (split, width) = (a + 12, a + b + 24);
    let right_at = split + 6;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{HEIGHT}\" role=\"img\" \
         aria-label=\"{left} {right}: {about}\">\n<title>{left} {right}: {about}</title>\n\
         <rect width=\"{width}\" height=\"{HEIGHT}\" rx=\"3\" fill=\"#3c4043\"/>\n\
         <path d=\"M{split} 0h{w}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{w}z\" fill=\"{colour}\"/>\n\
         <g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\">\n\
         <text x=\"6\" y=\"14\" textLength=\"{a}\">{left}</text>\n\
         <text x=\"{right_at}\" y=\"14\" textLength=\"{b}\">{right}</text>\n</g>\n</svg>\n",
        w = width - split - 3,
    )
}

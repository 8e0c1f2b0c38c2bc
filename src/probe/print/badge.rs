//! For a README or the catalog: a badge that names the clients the registry works with.

use std::collections::BTreeSet;

use crate::model::probe::{ClientResult, ProbeResult};
use crate::text::{count, escape_html, visible};

/// Clients that the badge names, by their shortest usual names.
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

/// Returns which clients the registry works with, as the badge shows it: `works with VS Code + 3`.
pub fn sentence(result: &ProbeResult) -> String {
    format!("{LEFT} {}", right(result))
}

/// Returns a badge as SVG, without script, font or link. Required clients decide its colour: green when
/// all of them work, red when one fails, grey when none was tried. The URL is in its title.
pub fn badge(result: &ProbeResult) -> String {
    let required = result.clients.iter().filter(|client| client.required);
    let colour = match required.map(ClientResult::works).reduce(|all, works| all && works) {
        None => "#5f6368",
        Some(true) => "#2b7a3d",
        Some(false) => "#b3261e",
    };
    draw(LEFT, &right(result), &escaped(&result.base_url), colour)
}

/// Returns the right half: names, and a number for the rest.
fn right(result: &ProbeResult) -> String {
    let working = || result.clients.iter().filter(|client| client.works());
    let works = |id: &str| working().any(|client| client.id == id);
    let named: Vec<&str> =
        NAMED.iter().filter(|(id, _)| works(id)).map(|(_, name)| *name).collect();
    let all: BTreeSet<&str> =
        working().map(|client| client.id.as_str()).filter(|id| *id != "other-spellings").collect();
    let more = all.len() - named.len();
    let mut right = match (named.is_empty(), more) {
        (true, 0) => "no client".to_owned(),
        (true, more) => count(more, "client"),
        (false, 0) => named.join(", "),
        (false, more) => format!("{} + {more}", named.join(", ")),
    };
    if result.preview {
        right.push_str(" (preview)");
    }
    right
}

/// Escapes text for SVG, attributes included.
fn escaped(text: &str) -> String {
    let text = escape_html(&visible(text));
    text.replace('"', "&quot;").replace('\'', "&#39;")
}

/// Draws both halves; `about` is escaped already.
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

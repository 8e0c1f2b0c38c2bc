//! For a README or the catalog: a badge that says which clients the registry works with.

use super::super::findings::{Findings, Grade};

/// Clients that the badge names, the shortest way that people call them.
const NAMED: [(&str, &str); 6] = [
    ("vscode", "VS Code"),
    ("copilot-cli", "Copilot CLI"),
    ("jetbrains", "JetBrains"),
    ("visual-studio", "Visual Studio"),
    ("toolhive", "ToolHive"),
    ("docker", "Docker"),
];

/// Height in pixels.
const HEIGHT: usize = 20;

/// Width of a letter in tenths of a pixel; the text is stretched to fit.
const LETTER: usize = 66;

impl Findings {
    /// A badge as SVG, without script, font or link. `required` decides its colour: green when all
    /// of them work, red when one fails, grey when none was tried.
    pub fn badge(&self, required: &[String]) -> String {
        let row = |id: &str| self.rows.iter().find(|row| row.client.id == id);
        let works = |id: &str| row(id).is_some_and(|row| row.verdict() != Grade::Fails);
        let named: Vec<&str> =
            NAMED.iter().filter(|(id, _)| works(id)).map(|(_, name)| *name).collect();
        let others = self
            .rows
            .iter()
            .filter(|row| row.verdict() != Grade::Fails && row.client.id != "other-spellings");
        let more = others.count() - named.len();
        let right = match (named.is_empty(), more) {
            (true, 0) => "no client".to_owned(),
            (true, more) => format!("{more} clients"),
            (false, 0) => named.join(", "),
            (false, more) => format!("{} + {more}", named.join(", ")),
        };
        let colour = if !self.failing(required).is_empty() {
            "#b3261e"
        } else if required.iter().any(|id| row(id).is_some()) {
            "#2b7a3d"
        } else {
            "#5f6368"
        };
        draw("works with", &right, colour)
    }
}

fn draw(left: &str, right: &str, colour: &str) -> String {
    let text = |text: &str| text.chars().count() * LETTER / 10;
    let (a, b) = (text(left), text(right));
    let (split, width) = (a + 12, a + b + 24);
    let right_at = split + 6;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{HEIGHT}\" role=\"img\" \
         aria-label=\"{left} {right}\">\n<title>{left} {right}</title>\n\
         <rect width=\"{width}\" height=\"{HEIGHT}\" rx=\"3\" fill=\"#3c4043\"/>\n\
         <path d=\"M{split} 0h{w}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{w}z\" fill=\"{colour}\"/>\n\
         <g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\">\n\
         <text x=\"6\" y=\"14\" textLength=\"{a}\">{left}</text>\n\
         <text x=\"{right_at}\" y=\"14\" textLength=\"{b}\">{right}</text>\n</g>\n</svg>\n",
        w = width - split - 3,
    )
}
